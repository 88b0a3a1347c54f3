/// The differences between the recorded result and the actual result, as one sentence each.
struct GoldenDiff {
    private(set) var lines: [String] = []

    init(recorded: GoldenExpectation, actual: GoldenExpectation) {
        compare("verdict", recorded.verdict, actual.verdict)
        compare("limit", recorded.limits, actual.limits)
        compare("source", recorded.source, actual.source)
        compare("events offered,", recorded.events.offered, actual.events.offered)
        compare("events delivered,", recorded.events.delivered, actual.events.delivered)
        compare("events lost,", recorded.events.lost, actual.events.lost)
        compare("contents offered", recorded.events.offeredContents, actual.events.offeredContents)
        compare("contents delivered", recorded.events.deliveredContents, actual.events.deliveredContents)
        compare("packets", recorded.packets, actual.packets)
        compareGaps(recorded.gaps, actual.gaps)
        compare("checksums", recorded.checksums, actual.checksums)
        compare("duplicates", recorded.duplicates, actual.duplicates)
        compare("control packets", recorded.control, actual.control)
        compare("client", recorded.client, actual.client)
        compareMetrics(recorded.metrics, actual.metrics)
        compare("restarts", recorded.restarts ?? SortedTable([]), actual.restarts ?? SortedTable([]))
        compare("lost by", recorded.rules ?? SortedTable([]), actual.rules ?? SortedTable([]))
    }

    private mutating func compare(_ what: String, _ recorded: String, _ actual: String) {
        if recorded != actual { lines.append("\(what): recorded \(recorded), now \(actual)") }
    }

    private mutating func compare(_ what: String, _ recorded: SortedTable, _ actual: SortedTable) {
        for (name, old, new) in Self.pairs(recorded, actual) where old != new {
            lines.append("\(what) \(name): " + Self.change(old, new))
        }
    }

    private mutating func compareGaps(_ recorded: GoldenExpectation.Gaps, _ actual: GoldenExpectation.Gaps) {
        compare("gaps", recorded.score, actual.score)
        let old = recorded.ranges.split(separator: ", ")
        let new = actual.ranges.split(separator: ", ")
        for range in old where !new.contains(range) { lines.append("gap \(range): recorded, now gone") }
        for range in new where !old.contains(range) { lines.append("gap \(range): new, not recorded") }
        if recorded.rangeCount != actual.rangeCount {
            lines.append("gap ranges: " + Self.change(String(recorded.rangeCount), String(actual.rangeCount)))
        } else if recorded.digest != actual.digest, old == new {
            lines.append("gap ranges: behind the \(new.count) listed, others are missing than were recorded")
        }
    }

    private mutating func compareMetrics(_ recorded: GoldenExpectation.Metrics, _ actual: GoldenExpectation.Metrics) {
        compare("metrics", String(recorded.count), String(actual.count))
        let before = lines.count
        for (name, old, new) in Self.pairs(recorded.first, actual.first) where old != new {
            lines.append("\(name): " + Self.metricChange(old, new))
        }
        if recorded.digest != actual.digest, lines.count == before {
            lines.append("metrics: the digest of all \(actual.count) differs, though those listed agree")
        }
    }

    /// Every name on either side: first those of the recording, in its order, then the new ones.
    private static func pairs(_ recorded: SortedTable, _ actual: SortedTable) -> [(String, String?, String?)] {
        var new: [String: String] = [:]
        for entry in actual.entries { new[entry.name] = entry.value }
        var result: [(String, String?, String?)] = []
        for entry in recorded.entries {
            result.append((entry.name, entry.value, new.removeValue(forKey: entry.name)))
        }
        for entry in actual.entries where new[entry.name] != nil { result.append((entry.name, nil, entry.value)) }
        return result
    }

    private static func change(_ recorded: String?, _ actual: String?) -> String {
        guard let recorded else { return "\(actual ?? "") now, not recorded" }
        guard let actual else { return "recorded \(recorded), now none" }
        if let old = UInt64(recorded), let new = UInt64(actual) {
            return "\(distance(old, new)) (recorded \(old), now \(new))"
        }
        return "recorded \(recorded), now \(actual)"
    }

    private static func distance(_ old: UInt64, _ new: UInt64) -> String {
        new < old ? "\(old - new) fewer" : "\(new - old) more"
    }

    /// The difference of two numbers in words: `312 fewer delivered`.
    private static func metricChange(_ recorded: String?, _ actual: String?) -> String {
        let old = recorded.flatMap(events(of:))
        let new = actual.flatMap(events(of:))
        guard let old, let new else { return change(recorded, actual) }
        let tail = "recorded \(recorded ?? ""); now \(actual ?? "")"
        if old.delivered != new.delivered { return "\(distance(old.delivered, new.delivered)) delivered; \(tail)" }
        if old.offered != new.offered { return "\(distance(old.offered, new.offered)) offered; \(tail)" }
        return "another value; \(tail)"
    }

    /// Reads `DELIVERED of OFFERED, value …`.
    private static func events(of text: String) -> (delivered: UInt64, offered: UInt64)? {
        let words = text.split(separator: " ")
        guard words.count >= 3, words[1] == "of", let delivered = UInt64(words[0]),
            let offered = UInt64(words[2].filter { $0 != "," })
        else { return nil }
        return (delivered, offered)
    }
}
