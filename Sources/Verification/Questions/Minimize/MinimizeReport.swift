package import Foundation
import PacketCapture
import ReplayEngine
import StatsModel

/// The report on a failing run that was made small, for machines: one JSON object with sorted keys.
package struct MinimizeReport: Encodable, Sendable {
    /// `minimized`, or `unconfirmed` if the command does not repeat the failure.
    let verdict: String
    let capture: String
    let reason: String
    let otherReasons: [String]
    let whole: MinimizeSize
    let smallest: MinimizeSize
    let runs: Int
    /// True if nothing more can be left out. False if the limit of runs ended the search.
    let complete: Bool
    let output: String
    let command: String

    /// - Parameters:
    ///   - path: the path of the written capture
    ///   - isConfirmed: whether the command was run and fails for the same reason
    package init(_ result: Minimization, path: String, isConfirmed: Bool) {
        verdict = isConfirmed ? "minimized" : "unconfirmed"
        capture = result.whole.capture.path
        reason = result.reason.description
        otherReasons = result.otherReasons.map(\.description)
        whole = MinimizeSize(result.whole)
        smallest = MinimizeSize(result.smallest)
        runs = result.runs
        complete = result.isComplete
        output = path
        command = (["statsreplay"] + result.command(path).map(ShellWord.quoted)).joined(separator: " ")
    }

    /// One JSON object with a line break at its end.
    package func json() throws -> Data { try ReportJSON.encode(self) }
}
