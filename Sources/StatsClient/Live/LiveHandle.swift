import StatsModel
import StatsPipeline
import StatsWire

/// A metric in a recorder's hands: its number, the facts to account for its losses, and its sample rate.
struct LiveHandle: Sendable {
    let type: MetricType
    /// nil if the client had no room for the metric.
    let metric: MetricID?
    let keyHash: UInt64
    let rate: Double
    let ratio: Ratio
    /// The cause of loss for its events if there is no metric.
    var refusal = LossCause.metricLimit
    /// The address of its cell in the aggregator's first stripe. 0 if each value is sent.
    var cell: UInt = 0

    /// - Parameter rate: the share of events that is kept, clamped by ``StatEvent/sampleRate(_:)``
    init(type: MetricType, metric: MetricID?, keyHash: UInt64, rate: Double) {
        let rate = StatEvent.sampleRate(rate)
        self.type = type
        self.metric = metric
        self.keyHash = keyHash
        self.rate = rate
        ratio = Ratio(UInt64((rate * 4_294_967_296).rounded()), outOf: 4_294_967_296)
    }

    /// A handle without sampling.
    @inline(__always)
    init(type: MetricType, metric: MetricID, keyHash: UInt64, cell: UInt = 0) {
        self.type = type
        self.metric = metric
        self.keyHash = keyHash
        self.cell = cell
        rate = 1
        ratio = .zero
    }

    /// The content hash of an event without a text, as ``EventContent`` defines it. It is repeated here because refusals can come
    /// a million times a second.
    @inline(__always)
    func content(value: Double, timestamp: Int64, flags: EventFlags) -> UInt64 {
        let key = type == .gauge && flags.contains(.gaugeDelta) ? KeyedRandom.mix(keyHash &+ 1) : keyHash
        return Tally.content(key: key, value: value, rate: rate, timestamp: timestamp)
    }
}
