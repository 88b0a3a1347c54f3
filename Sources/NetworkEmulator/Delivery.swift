package import StatsModel
package import StatsWire

/// One arrival at the far end.
package struct Delivery: Equatable, Sendable {
    package let time: Instant
    /// Unverified identity as it was sent, before any corruption.
    package let kind: PacketKind
    package let sequence: UInt64
    package let copy: Int
    package let isCorrupted: Bool
    package let byteCount: Int

    package init(time: Instant, kind: PacketKind, sequence: UInt64, copy: Int, isCorrupted: Bool, byteCount: Int) {
        self.time = time
        self.kind = kind
        self.sequence = sequence
        self.copy = copy
        self.isCorrupted = isCorrupted
        self.byteCount = byteCount
    }
}
