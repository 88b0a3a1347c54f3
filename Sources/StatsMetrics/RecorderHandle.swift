import CoreMetrics

/// A recorder that aggregates: the server computes the distribution of its values.
final class RecorderHandle: RecorderHandler, SharedHandler {
    let key: MetricKey
    private let values: ValueMetric
    private let refused: RefusedValues

    init(key: MetricKey, values: ValueMetric, refused: RefusedValues) {
        self.key = key
        self.values = values
        self.refused = refused
    }

    func record(_ value: Int64) { values.record(Double(value)) }

    func record(_ value: Double) {
        guard value.isFinite else { return refused.add() }
        values.record(value)
    }
}
