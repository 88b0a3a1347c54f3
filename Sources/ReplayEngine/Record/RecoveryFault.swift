package import StatsModel

/// A metric of which running totals restored what was not lost.
package struct RecoveryFault: Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        /// More events were restored than were lost.
        case events(restored: UInt64, lost: UInt64)
        /// The events agree, what their values add up to does not.
        case values(restored: Double, lost: Double)
    }

    package let type: MetricType
    /// `name` or `name{tag,tag}`.
    package let label: String
    package let kind: Kind
}
