/// The verdict on a run, or on several runs together.
package enum Verdict: String, Codable, Sendable {
    /// The law holds, the detectors are right, and the result equals the golden file. If no golden file is required and there is
    /// none, every limit holds.
    case verified
    case failed
    /// Nothing was verified: there were no events, possible duplicates need a decision, or a required golden file is missing.
    case unverified

    /// The verdict on several runs: one failed run fails all, and one unverified run leaves all unverified.
    package static func combined(_ verdicts: [Verdict]) -> Verdict {
        if verdicts.contains(.failed) { return .failed }
        return verdicts.isEmpty || verdicts.contains(.unverified) ? .unverified : .verified
    }
}
