/// How many packets each rule of a network struck: whether a fault that was asked for happened at all.
///
/// A loss that the receiver's failure or an earlier rule made first is not counted again for a later rule.
package struct FaultEffects: Equatable, Sendable {
    /// By index into ``Impairments/rules``.
    package internal(set) var strikes: [UInt64]
    /// Datagrams that travelled in fragments.
    package internal(set) var fragmented: UInt64 = 0
    /// Copies whose delay was not the mean one.
    package internal(set) var jittered: UInt64 = 0
    /// Packets that a loss rule struck and ``Impairments/lossBurstMaximum`` let through.
    package internal(set) var letThrough: UInt64 = 0
    /// Packets that a loss rule struck and ``Impairments/only`` spared.
    package internal(set) var spared: UInt64 = 0
    /// Packets for which ``Impairments/maximumInFlight`` left no room.
    package internal(set) var crowdedOut: UInt64 = 0

    package init(rules count: Int) { strikes = Array(repeating: 0, count: count) }

    /// Whether anything happened to any packet.
    package var isEmpty: Bool { self == FaultEffects(rules: strikes.count) }

    mutating func strike(_ rule: Int) { strikes[rule] += 1 }
}
