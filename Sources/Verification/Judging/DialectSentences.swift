package import ReplayEngine
import StatsWire

extension DialectFacts {
    /// The decisions that users should know, as sentences. Empty if no line depends on the dialect.
    package var remarks: [String] {
        var found: [String] = []
        func add(_ count: UInt64, _ one: String, _ many: String, _ rest: String) {
            if count > 0 { found.append("\(count) \(count == 1 ? one : many) \(rest)") }
        }
        let (datadog, statsd) = (reason(firstDatadog, datadogSenders, true), reason(firstStatsd, statsdSenders, false))
        add(counts.signedLevels, "signed gauge value is a level,", "signed gauge values are levels,",
            "as the Datadog agent reads them\(datadog); with --dialect statsd they are changes")
        add(counts.signedChanges, "signed gauge value is a change,", "signed gauge values are changes,",
            "as Etsy's statsd reads them\(statsd); with --dialect datadog they are levels")
        add(counts.metersCounted, "value of type m counts,", "values of type m count,",
            "as in netdata and Etsy's statsd\(statsd); the Datadog agent refuses them (--dialect datadog)")
        add(counts.metersRefused, "line of type m is refused,", "lines of type m are refused,",
            "as by the Datadog agent\(datadog); netdata and Etsy's statsd count them (--dialect statsd)")
        add(counts.clippedEvents, "event does not end where its lengths say", "events do not end where their lengths say",
            "(they count bytes, not characters): clipped there, as by the Datadog agent; mend the sender")
        add(counts.fieldsBehindMessages, "service check has fields behind its message:",
            "service checks have fields behind their message:", "they count, as for the Datadog agent; its clients write m: last")
        add(lateLines, "line was read as plain StatsD before its sender", "lines were read as plain StatsD before their sender",
            "was seen to speak Datadog's dialect: store the capture in a file, or say --dialect")
        return found
    }

    private func reason(_ first: String?, _ count: UInt64, _ isDatadog: Bool) -> String {
        guard choice == .auto, let first else { return "" }
        let others = count > 1 ? " and \(count - 1) more" : ""
        return isDatadog
            ? " (\(first)\(others): only Datadog's clients send what it sends)"
            : " (\(first)\(others): nothing it sends is Datadog's alone)"
    }
}
