import PacketCapture
import StatsModel
import SystemIO

/// The report of a finished capture, and the exit code. The report is printed on standard output, or on standard error if the
/// packets go to standard output.
struct CaptureReport {
    private let summary: CaptureSummary
    private let counts: CaptureCounts
    private let listening: LiveConfiguration

    init(_ summary: CaptureSummary, _ counts: CaptureCounts, _ listening: LiveConfiguration) {
        self.summary = summary
        self.counts = counts
        self.listening = listening
    }

    static func named(_ file: String) -> String { file == "-" ? "standard output" : file }

    func print(asJSON: Bool, terminal: Terminal) throws {
        let text = asJSON ? json : self.text
        if summary.files == ["-"] { printError(text) } else { try StandardOutput.print(text) }
        if !asJSON { for warning in warnings { printError("statsreplay: warning: \(warning)") } }
    }

    /// The verdict first, then the details.
    var text: String {
        let files = summary.files.map(Self.named)
        let place =
            files.count == 1 ? files[0] : "\(files.count) files, \(files.first ?? "none") to \(files.last ?? "none")"
        var lines = [
            "captured \(Self.count(summary.packets, "packet")), \(summary.byteCount) bytes, in \(seconds) to \(place)"
        ]
        lines.append("ended by: \(Self.words(summary.reason))")
        lines.append("events:   \(counts.events.total)\(counts.events.total > 0 ? " (\(counts.byType))" : "")")
        if counts.malformed > 0 { lines.append("          \(Self.count(counts.malformed, "malformed line"))") }
        if counts.sequenced > 0 {
            lines.append("          in \(Self.count(counts.sequenced, "sequenced packet")), \(counts.damaged) damaged")
        }
        if summary.fragments > 0 {
            lines.append("packets:  \(summary.fragments) of them IP fragments")
        }
        if summary.truncated > 0 { lines.append("packets:  \(summary.truncated) of them cut by the snaplen") }
        if summary.orphanFragments > 0 {
            lines.append("left out: \(Self.count(summary.orphanFragments, "IP fragment")) whose first one never came")
        }
        lines.append("dropped:  \(CaptureLine.drops(summary.drops))")
        return lines.joined(separator: "\n")
    }

    /// Problems that the user can solve.
    var warnings: [String] {
        var found: [String] = []
        if let drops = summary.drops.kernelDrops, drops > 0 {
            let larger = min(listening.bufferSize.bytes * 4, 1 << 30) >> 20
            found.append(
                "the kernel dropped \(Self.count(drops, "packet")) that this capture misses: "
                    + "give it more room with --buffer-size \(max(larger, 1))MiB")
        }
        if let drops = summary.drops.interfaceDrops, drops > 0 {
            found.append(
                "the interface itself dropped \(Self.count(drops, "packet")) before anybody saw them: "
                    + "see its receive ring (ethtool -g \(listening.interface))")
        }
        return found
    }

    /// The failure that decides the exit code; nil for 0. A failed output comes first, then the interface, then an empty
    /// capture.
    var failure: CommandFailure? {
        if let error = summary.outputFailure { return CommandFailure(.output(error)) }
        let name = listening.interface
        switch summary.reason {
        case .interfaceDown, .interfaceGone:
            let words = summary.interfaceFailure.map { " (\($0))" } ?? ""
            let event = summary.reason == .interfaceGone ? "is gone" : "went down"
            return CommandFailure(
                status: .unavailable,
                message: "interface \(name) \(event)\(words); what was captured before is in the file")
        case .signal, .duration, .packets, .size, .outputFailed: break
        }
        guard summary.packets == 0 else { return nil }
        let filter = summary.description.filter
        let wanted = filter.isEmpty ? "came" : "matched '\(filter)'"
        return CommandFailure(
            status: .nothingVerified, message: "nothing was captured: no packet on \(name) \(wanted)")
    }

    /// One object with keys in a fixed order. Times are in nanoseconds since 1970; values that the system does not report are
    /// null.
    var json: String {
        func number<Number: BinaryInteger>(_ value: Number?) -> String { value.map { "\($0)" } ?? "null" }
        let events = MetricType.allCases.map { "\"\($0.name)\":\(counts.events[$0])" }.joined(separator: ",")
        let members: [(String, String)] = [
            ("interface", Self.quoted(listening.interface)), ("filter", Self.quoted(summary.description.filter)),
            ("files", "[\(summary.files.map(Self.quoted).joined(separator: ","))]"),
            ("ended_by", Self.quoted(Self.key(summary.reason))), ("packets", "\(summary.packets)"),
            ("bytes", "\(summary.byteCount)"), ("duration_ns", "\(summary.elapsed.rawValue)"),
            ("first", number(summary.firstTimestamp)), ("last", number(summary.lastTimestamp)),
            ("events", "{\(events)}"), ("events_total", "\(counts.events.total)"),
            ("malformed_lines", "\(counts.malformed)"),
            ("sequenced", "{\"packets\":\(counts.sequenced),\"damaged\":\(counts.damaged)}"),
            ("fragments", "\(summary.fragments)"), ("orphan_fragments", "\(summary.orphanFragments)"),
            ("truncated", "\(summary.truncated)"),
            (
                "dropped",
                "{\"kernel\":\(number(summary.drops.kernelDrops)),\"interface\":\(number(summary.drops.interfaceDrops))}"
            ),
            ("error", summary.outputFailure.map { Self.quoted($0.description) } ?? "null"),
        ]
        return "{\(members.map { "\(Self.quoted($0.0)):\($0.1)" }.joined(separator: ","))}"
    }

    private var seconds: String {
        let hundredths = (summary.elapsed.rawValue + 5_000_000) / 10_000_000
        return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100) s"
    }

    private static func count(_ number: UInt64, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }

    private static func key(_ reason: StopReason) -> String {
        switch reason {
        case .signal: "signal"
        case .duration: "duration"
        case .packets: "packets"
        case .size: "size"
        case .interfaceDown: "interface_down"
        case .interfaceGone: "interface_gone"
        case .outputFailed: "output_failed"
        }
    }

    private static func words(_ reason: StopReason) -> String {
        switch reason {
        case .signal(let number): number == 2 ? "Ctrl-C (signal 2)" : "signal \(number)"
        case .duration: "--duration"
        case .packets: "--packets"
        case .size: "--size"
        case .interfaceDown: "the interface went down"
        case .interfaceGone: "the interface is gone"
        case .outputFailed: "the output could not be written"
        }
    }

    /// A JSON string literal (RFC 8259, 7).
    static func quoted(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case let control where control.value < 0x20:
                let digits = String(control.value, radix: 16)
                out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }
}
