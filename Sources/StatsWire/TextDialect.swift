/// What a server of StatsD text understands.
public enum TextDialect: String, CaseIterable, Sendable {
    /// What every server since Etsy's reads: counters, gauges, timings, sets, and a rate on counters and timings.
    case statsd
    /// As the Datadog agent reads it: tags, histograms, distributions, events, service checks, timestamps, further fields.
    case dogstatsd
}
