package import StatsWire

/// Decisions in a capture that depended on the dialect. `Verification` makes the sentences of reports from them.
package struct DialectFacts: Sendable, Equatable {
    package var choice = DialectChoice.auto
    package var counts = DialectCounts()
    /// Senders with a line that another dialect would read differently, counted by their recognised dialect, and the first of
    /// each.
    package var datadogSenders: UInt64 = 0
    package var statsdSenders: UInt64 = 0
    package var firstDatadog: String?
    package var firstStatsd: String?
    /// Lines that were read as plain StatsD before their sender turned out to speak Datadog's dialect. Possible only if the
    /// capture could be read just once.
    package var lateLines: UInt64 = 0

    package init() {}
}
