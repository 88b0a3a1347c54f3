package import StatsModel
package import StatsWire

/// The arrival of one copy at the far end.
package struct Delivery: Equatable, Sendable {
    /// When it arrives.
    package let time: Instant
    /// The packet's kind as it was sent, before any corruption. Kind and sequence are read without verification.
    package let kind: PacketKind
    /// The packet's sequence number as it was sent.
    package let sequence: UInt64
    /// 0 for the first copy, 1 for the duplicate.
    package let copy: Int
    /// Whether the emulator damaged this copy.
    package let isCorrupted: Bool
    /// The length of the datagram in bytes, after any damage.
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
