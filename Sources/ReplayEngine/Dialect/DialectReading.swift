import PacketCapture
import StatsWire

/// Chooses the dialect for the text of each sender, and records the decisions that depend on it.
struct DialectReading {
    let choice: DialectChoice
    private var senders: SenderDialects
    private(set) var facts = DialectFacts()
    /// Whether a line came whose meaning depends on a dialect that is not known yet.
    private(set) var isUndecided = false
    /// The senders that are counted in ``facts``, and the number of their lines. Bounded like ``SenderDialects``.
    private var counted: [Endpoint: (dialect: TextDialect, lines: UInt64)] = [:]
    private var before: UInt64 = 0

    init(_ choice: DialectChoice, _ senders: SenderDialects) {
        self.choice = choice
        self.senders = senders
        facts.choice = choice
    }

    /// The dialect for the next datagram of this source. nil if the datagram's own lines have to show it.
    mutating func dialect(of source: Endpoint) -> TextDialect? { choice.fixed ?? senders.dialect(of: source) }

    /// Records a decoded datagram of text.
    mutating func record(_ decoder: borrowing EventDecoder, of source: Endpoint) {
        let signs = decoder.signs
        facts.counts = decoder.dialectCounts
        let depending = facts.counts.depending
        if depending != before {
            recordLines(depending &- before, of: source, signs)
            before = depending
        }
        guard choice == .auto else { return }
        if signs.contains(.open) { isUndecided = true }
        if signs.contains(.datadog) {
            senders.record(signs, of: source)
            // Possible only if the capture was not scanned first.
            if facts.statsdSenders > 0, counted[source]?.dialect == .statsd { turn(source) }
        }
    }

    private mutating func recordLines(_ lines: UInt64, of source: Endpoint, _ signs: DialectSigns) {
        let isDatadog = !signs.contains(.open) && (signs.contains(.datadog) || senders.dialect(of: source) == .dogstatsd)
        let dialect = choice.fixed ?? (isDatadog ? .dogstatsd : .statsd)
        if counted[source] != nil {
            counted[source]?.lines &+= lines
            return
        }
        guard counted.count < SenderDialects.limit else { return }
        counted[source] = (dialect, lines)
        switch dialect {
        case .dogstatsd:
            facts.datadogSenders += 1
            facts.firstDatadog = facts.firstDatadog ?? source.description
        case .statsd:
            facts.statsdSenders += 1
            facts.firstStatsd = facts.firstStatsd ?? source.description
        }
    }

    private mutating func turn(_ source: Endpoint) {
        facts.lateLines &+= counted[source]?.lines ?? 0
        counted[source] = (.dogstatsd, 0)
    }
}
