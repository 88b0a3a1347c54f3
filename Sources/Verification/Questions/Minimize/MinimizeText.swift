import NetworkEmulator
import PacketCapture
package import ReplayEngine
import StatsModel

/// The report on a failing run that was made small, for people: first the verdict, then the remaining events and faults, and the
/// command that repeats the run.
package struct MinimizeText {
    /// The number of the capture's lines that are shown.
    static let shown = 8

    private let paint: (String, RunText.Tone) -> String

    /// - Parameter paint: colours a word, or returns it unchanged
    package init(paint: @escaping (String, RunText.Tone) -> String = { text, _ in text }) { self.paint = paint }

    /// The whole report, without a line break at its end.
    ///
    /// - Parameters:
    ///   - path: the path of the written capture
    ///   - isConfirmed: whether the command was run and fails for the same reason
    package func lines(_ result: Minimization, path: String, isConfirmed: Bool) -> [String] {
        let words = ["statsreplay"] + result.command(path).map(ShellWord.quoted)
        return lines(result, path: path, isConfirmed: isConfirmed, command: words.joined(separator: " "))
    }

    /// The same report with another command to repeat the run.
    func lines(_ result: Minimization, path: String, isConfirmed: Bool, command: String) -> [String] {
        let sizes = (MinimizeSize(result.whole), MinimizeSize(result.smallest))
        let word = isConfirmed ? paint("SMALLEST", .good) : paint("UNCONFIRMED", .bad)
        var lines = [
            "\(word): \(sizes.1.datagrams) of \(Self.count(sizes.0.datagrams, "datagram")), \(sizes.1.events) of"
                + " \(Self.count(sizes.0.events, "event")), \(Self.count(sizes.1.faults, "fault")) still fail: \(result.reason.sentence)", "",
            "  reason     \(result.reason)",
        ]
        if !result.otherReasons.isEmpty {
            lines.append("  beside     the whole run fails for \(result.otherReasons.map(\.description).joined(separator: ", ")) as well")
        }
        lines += Self.labelled("events", shownEvents(result))
        let rules = result.scenario.impairments.rules.map(\.text)
        let only = result.scenario.impairments.onlyText.map { ["random faults affect packet \($0) only"] } ?? []
        lines += Self.labelled("faults", rules.isEmpty ? ["none are needed"] : rules + only)
        lines.append("  search     \(Self.count(UInt64(result.runs), "run"))\(ending(result))")
        lines.append("  written    \(path)")
        if !isConfirmed { lines.append("  \(paint("!", .bad)) the command below does not fail for this reason: what it cannot say decides") }
        lines.append("  \(paint("repeat:", .quiet)) \(command)")
        return lines
    }

    /// The message if the run does not fail, or not for the requested reason.
    package static func nothing(_ record: RunRecord, reasons: [FailureReason], wanted: String?) -> String {
        let command = RunVerification.command(record)
        if let wanted, !reasons.isEmpty {
            let found = reasons.map(\.description).joined(separator: ", ")
            return "nothing to minimize: `\(command)` does not fail for \(wanted), but for \(found)"
        }
        let judgement = Judgement(record)
        if judgement.isEmpty { return "nothing to minimize: no stats event for port \(record.scenario.ports) in \(record.capture.path)" }
        let limits = judgement.losses.filter { $0.offered > 0 }.map { loss -> String in
            let limit = loss.limit.share.isZero ? "limit 0 %" : "limit < \(loss.limit.shareText)"
            return "\(loss.name) \(PercentText.twoDecimals(loss.percent)) % lost, \(limit)"
        }
        return "nothing to minimize: `\(command)` does not fail: law and detectors are right, every limit holds"
            + " (\(limits.joined(separator: "; ")))"
    }

    private func ending(_ result: Minimization) -> String {
        if result.isComplete { return "; without any single one of these events and faults it does not fail" }
        return "; \(paint("the limit of runs was reached", .caution)), so it may not be the smallest: raise --runs"
    }

    /// The first pieces of the capture, each with its time since the first piece.
    private func shownEvents(_ result: Minimization) -> [String] {
        let excerpt = result.excerpt
        var lines: [String] = []
        for index in excerpt.indices {
            let elapsed = excerpt[index].timestamp &- excerpt[0].timestamp
            let time = Self.seconds(elapsed)
            lines += excerpt.lines(of: index).map { "\(time)  \($0)" }
            if lines.count > Self.shown { break }
        }
        guard lines.count > Self.shown else { return lines }
        return lines.prefix(Self.shown) + ["…"]
    }

    /// A duration in microseconds, rounded towards zero: `+1.000824 s`.
    private static func seconds(_ nanoseconds: Int64) -> String {
        let micros = nanoseconds.magnitude / 1000
        let tail = String(micros % 1_000_000)
        return "\(nanoseconds < 0 ? "-" : "+")\(micros / 1_000_000).\(String(repeating: "0", count: 6 - tail.count))\(tail) s"
    }

    private static func labelled(_ label: String, _ lines: [String]) -> [String] {
        lines.enumerated().map { index, line in
            let head = index == 0 ? label : ""
            return "  \(head)\(String(repeating: " ", count: 11 - head.count))\(line)"
        }
    }

    private static func count(_ number: UInt64, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
}

/// The size of a run.
struct MinimizeSize: Encodable, Sendable {
    let datagrams: UInt64
    let events: UInt64
    /// Data packets sent by the client.
    let packets: UInt64
    let faults: UInt64

    init(_ record: RunRecord) {
        datagrams = record.source.datagrams
        events = record.ledger.offered.counts.total
        packets = record.packets.sent
        faults = record.scenario.impairments.faultCount(sent: record.packets.sent)
    }
}
