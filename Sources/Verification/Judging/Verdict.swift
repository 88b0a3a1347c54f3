/// What a run, or all of them together, came to.
package enum Verdict: String, Codable, Sendable {
    /// The law holds, the detectors are right, and the result is as recorded (or, without a golden file where none
    /// is required, every limit holds).
    case verified
    case failed
    /// Nothing was verified: no events, or no golden file where one is required.
    case unverified

    /// The verdict over several runs: one failure fails all, one unverified run leaves all unverified.
    package static func combined(_ verdicts: [Verdict]) -> Verdict {
        if verdicts.contains(.failed) { return .failed }
        return verdicts.isEmpty || verdicts.contains(.unverified) ? .unverified : .verified
    }
}
