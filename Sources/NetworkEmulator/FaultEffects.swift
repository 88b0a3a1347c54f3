/// How many packets each rule of a network affected. The counts show whether a requested fault happened at all.
///
/// A packet lost by a receiver failure or by an earlier rule is not counted again for a later rule.
package struct FaultEffects: Equatable, Sendable {
    /// Packets affected, by index into ``Impairments/rules``.
    package internal(set) var affected: [UInt64]
    /// Datagrams that were sent as fragments.
    package internal(set) var fragmented: UInt64 = 0
    /// Copies whose delay was not the mean delay.
    package internal(set) var jittered: UInt64 = 0
    /// Packets that a loss rule selected and ``Impairments/lossBurstMaximum`` kept.
    package internal(set) var letThrough: UInt64 = 0
    /// Packets that a loss rule selected and ``Impairments/only`` spared.
    package internal(set) var spared: UInt64 = 0
    /// Packets dropped because ``Impairments/maximumInFlight`` copies were in flight.
    package internal(set) var overflowed: UInt64 = 0

    package init(rules count: Int) { affected = Array(repeating: 0, count: count) }

    /// Whether no packet was affected at all.
    package var isEmpty: Bool { self == FaultEffects(rules: affected.count) }

    mutating func record(_ rule: Int) { affected[rule] += 1 }
}
