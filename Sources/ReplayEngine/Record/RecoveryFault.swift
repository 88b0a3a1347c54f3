package import StatsModel

/// A metric with a wrong recovery: running totals recovered more events than were lost, or another value.
package struct RecoveryFault: Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        /// More events were recovered than were lost.
        case events(recovered: UInt64, lost: UInt64)
        /// The numbers of events agree, but the sums of their values do not.
        case values(recovered: Double, lost: Double)
    }

    package let type: MetricType
    /// `name` or `name{tag,tag}`.
    package let label: String
    package let kind: Kind
}
