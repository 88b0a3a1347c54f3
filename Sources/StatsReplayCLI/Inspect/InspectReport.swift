import Foundation
import ReplayEngine
import StatsModel
import StatsWire

/// The report of `inspect`, as text and as JSON.
struct InspectReport {
    let result: InspectionResult
    let terminal: Terminal
    var width: Int { max(40, terminal.width) }

    /// The verdict first, then the details.
    var text: String {
        let sections = [verdict, facts, sources, timeline, types, busiest, malformed, sequences, notes]
        return sections.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
    }

    private var verdict: [String] {
        if result.fit { return [terminal.paint("fit to be a fixture: yes", .green)] }
        return [terminal.paint("fit to be a fixture: no, because", .red)] + result.problems.map { "  - \(InspectText.escaped($0))" }
    }

    private var facts: [String] {
        let skipped = result.skipped
        let reasons = [
            ("truncated", skipped.truncated), ("not UDP", skipped.notUDP), ("other port", skipped.otherPort),
            ("fragment", skipped.fragment), ("malformed", skipped.malformed), ("tunnel", skipped.tunnel),
            ("wrong checksum", skipped.checksum),
        ].filter { $0.1 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
        let metrics = "\(result.metricsTruncated ? "at least " : "")\(result.distinctMetrics)"
        return [
            heading("file"), "  \(InspectText.escaped(result.file)): \(result.format), \(result.linkType)",
            "  \(result.packets) packets, \(result.datagrams) datagrams: \(result.protocols.text) of text, "
                + "\(result.protocols.sequenced) sequenced packets",
            "  skipped: \(reasons.isEmpty ? "none" : reasons)",
            "  \(result.eventsTotal) events of \(metrics) distinct metrics",
        ]
    }

    private var sources: [String] {
        guard let begin = result.timeline.start, !result.sources.isEmpty else { return [] }
        let busy = result.sources.sorted { $0.eventsTotal > $1.eventsTotal }.prefix(10)
        let rows = busy.map { source in
            [
                source.source, "\(source.datagrams)", "\(source.eventsTotal)", seconds(source.first, since: begin),
                seconds(source.last, since: begin), source.eventsPerSecond > 0 ? rate(source.eventsPerSecond) : "-",
                source.dialect ?? "-",
            ]
        }
        let more = result.sources.count > 10 ? ["  and \(result.sources.count - 10) more"] : []
        return [heading("who sent")]
            + InspectText.table(
                [["source", "datagrams", "events", "first", "last", "events/s", "dialect"]] + rows, right: [1, 2, 3, 4, 5]) + more
    }

    private var timeline: [String] {
        guard result.eventsTotal > 0 else { return [] }
        let (line, peak) = InspectText.plot(result.timeline.events, columns: width - 4)
        let binSeconds = Double(result.timeline.binNanoseconds) / 1e9
        let span = Double(result.timeline.events.count) * binSeconds
        return [
            heading("events over time"), "  \(line)",
            "  \(decimal(span, 3)) s; the highest is \(rate(peak / binSeconds)) events/s",
        ]
    }

    private var types: [String] {
        guard result.eventsTotal > 0 else { return [] }
        let rows = MetricType.allCases.compactMap { type -> [String]? in
            let count = result.events[type.name] ?? 0
            guard count > 0 else { return nil }
            return [type.name, "\(count)", "\(decimal(Double(count) * 100 / Double(result.eventsTotal), 1)) %"]
        }
        return [heading("events by type")] + InspectText.table(rows, right: [1, 2])
    }

    private var busiest: [String] {
        guard !result.busiest.isEmpty else { return [] }
        let rows = result.busiest.map { metric in
            ["\(metric.events)", metric.type, "\(metric.tagSets)", InspectText.fitted(metric.name, max(20, width - 40))]
        }
        return [heading("busiest metrics")]
            + InspectText.table([["events", "type", "tag sets", "name"]] + rows, right: [0, 2])
    }

    private var malformed: [String] {
        guard result.malformedLines.total > 0 else { return [] }
        let reasons = result.malformedLines.reasons.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        let rows = result.malformedLines.examples.map { ["packet \($0.packet)", $0.source, $0.reason, "\"\($0.excerpt)\""] }
        let left = result.malformedLines.total - UInt64(rows.count)
        return [heading("malformed lines: \(result.malformedLines.total) (\(reasons.joined(separator: ", ")))")]
            + InspectText.table(rows) + (left > 0 ? ["  and \(left) more"] : [])
    }

    private var sequences: [String] {
        guard result.protocols.sequenced > 0 else { return [] }
        var lines = [heading("sequenced packets"), "  " + kinds]
        for shape in result.parityShapes {
            let parities = shape.parities == 1 ? "1 parity" : "\(shape.parities) parities"
            let apart = shape.stride == 1 ? "in a row" : "\(shape.stride) apart"
            lines.append("  parity: \(shape.packets) packets; groups of \(shape.members) data packets, \(apart), with \(parities) each")
        }
        if result.otherParity > 0 { lines.append("  parity: \(result.otherParity) further packets, unreadable or of more shapes") }
        for session in result.sessions.prefix(20) {
            lines.append("  session \(session.session) from \(session.source): \(session.first) to \(session.last)")
            lines.append(
                "    received \(session.received), unique \(session.unique), lost \(session.lost), "
                    + "duplicate \(session.duplicate), late \(session.late)")
            if !session.gaps.isEmpty {
                let shown = session.gaps.prefix(12).map { $0[0] == $0[1] ? "\($0[0])" : "\($0[0])...\($0[1])" }
                let more = session.gaps.count > 12 ? " and \(session.gaps.count - 12) more" : ""
                lines.append("    gaps: \(shown.joined(separator: ", "))\(more)")
            }
        }
        let hidden = UInt64(max(0, result.sessions.count - 20)) + result.olderSessions
        if hidden > 0 { lines.append("  and \(hidden) more sessions") }
        let packets = result.checksumFailurePackets.map(String.init).joined(separator: ", ")
        lines.append("  checksum failures: \(result.checksumFailures)\(packets.isEmpty ? "" : " (packets \(packets))")")
        return lines
    }

    /// `161 data, 7 heartbeat, 1 closing`: the kinds that occurred, in the order of the format.
    private var kinds: String {
        let found = PacketKind.allCases.map { ($0.name, result.packetKinds[$0.name] ?? 0) }.filter { $0.1 > 0 }
        return found.isEmpty ? "none can be read" : found.map { "\($0.1) \($0.0)" }.joined(separator: ", ")
    }

    private var notes: [String] {
        let remarks = result.remarks
        var lines = [
            heading("notes"),
            "  dropped while capturing: by kernel \(drops(remarks.kernelDrops)), by interface \(drops(remarks.interfaceDrops))",
        ]
        func add(_ count: UInt64, _ words: String) { if count > 0 { lines.append("  \(count) \(words)") } }
        add(
            remarks.badIPChecksums,
            "bad IP checksums" + (remarks.offloadedIPChecksums > 0 ? ", \(remarks.offloadedIPChecksums) of them left to the device (offload)" : ""))
        add(remarks.badUDPChecksums, "bad UDP checksums, \(remarks.offloadedUDPChecksums) of them left to the device (offload)")
        let wrong = "datagrams with wrong checksums, which no receiver accepts, \(result.skipped.checksum > 0 ? "left out" : "read all the same")"
        add(remarks.wrongDatagrams, wrong)
        add(remarks.wronglyJoined, "of them were joined of fragments: of different datagrams, it seems")
        for source in remarks.wrongSources.prefix(10) where source.isMostlyWrong {
            lines.append(
                "  \(source.source): \(source.wrong) of \(source.wrong + source.right) checksums are wrong; where they are left to"
                    + " its device (offload), --checksums ignore reads them")
        }
        add(remarks.superPackets, "super-packets of segmentation offload")
        add(remarks.splitDatagrams, "datagrams held several sequenced packets and were split")
        add(remarks.duplicateCaptures, "packets show datagrams seen before, which count once")
        add(remarks.keptDuplicates, "datagrams seen before from another vantage point, kept")
        add(remarks.unprovenDuplicates, "datagrams that may have been captured twice, which nothing proves")
        add(remarks.fragmentsJoined, "fragments joined to their datagrams")
        add(remarks.repeatedFragments, "fragments that came twice, left out")
        add(remarks.clockStepsBack, "steps back of the clock, by up to \(decimal(Double(remarks.largestStepBackNanoseconds) / 1e6, 3)) ms")
        return lines + passedOver + result.dialect.remarks.map { "  \(InspectText.escaped($0))" }
    }

    private func heading(_ text: String) -> String { terminal.paint(text, .bold) }
    private func drops(_ count: UInt64?) -> String { count.map(String.init) ?? "not reported" }
    private func seconds(_ time: Int64, since begin: Int64) -> String { decimal((Double(time) - Double(begin)) / 1e9, 3) }
    private func rate(_ value: Double) -> String { decimal(value, value < 100 ? 1 : 0) }
    private func decimal(_ value: Double, _ places: Int) -> String { String(format: "%.\(places)f", value) }

    /// One object with sorted keys. Control and format characters are escaped, so that it is safe on a terminal.
    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        var out = ""
        for scalar in String(decoding: try encoder.encode(result), as: UTF8.self).unicodeScalars {
            // Outside its strings the encoder writes no control characters except line breaks.
            if scalar == "\n" || InspectText.isPrintable(scalar) {
                out.unicodeScalars.append(scalar)
            } else {
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16)
                    out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            }
        }
        return out
    }
}
