public import StatsModel
public import StatsWire

/// One arrival at the far end.
public struct Delivery: Equatable, Sendable {
    public let time: Instant
    /// Unverified identity as it was sent, before any corruption.
    public let kind: PacketKind
    public let sequence: UInt64
    public let copy: Int
    public let isCorrupted: Bool
    public let byteCount: Int

    public init(time: Instant, kind: PacketKind, sequence: UInt64, copy: Int, isCorrupted: Bool, byteCount: Int) {
        self.time = time
        self.kind = kind
        self.sequence = sequence
        self.copy = copy
        self.isCorrupted = isCorrupted
        self.byteCount = byteCount
    }
}
