public import StatsModel
public import StatsWire

/// What the emulator decided for one datagram: the truth that detectors are scored against.
public struct Fate: Equatable, Sendable {
    /// Why no copy of it will arrive at all; nil when at least one will.
    public var dropped: LossCause?
    /// Copies that will arrive unharmed, and copies that will arrive with flipped bits.
    public var intactCopies: Int
    public var corruptedCopies: Int
    /// Whether a second copy was made.
    public var isDuplicated: Bool

    public init(dropped: LossCause?, intactCopies: Int, corruptedCopies: Int, isDuplicated: Bool) {
        self.dropped = dropped
        self.intactCopies = intactCopies
        self.corruptedCopies = corruptedCopies
        self.isDuplicated = isDuplicated
    }
}

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

/// A network as a machine: datagrams go in at a time and come out at a later one, or never.
///
/// Rules apply in this order: chosen drops, loss, duplicate, then for each copy corrupt, delay with jitter, reorder.
public struct NetworkEmulator: ~Copyable {
    public let impairments: Impairments
    public init(impairments: Impairments, seed: UInt64) { fatalError("emulator") }

    /// Takes one datagram that is a packet (its header is read, unverified, for the key of the draws).
    public mutating func handle(_ datagram: Span<UInt8>, at now: Instant) -> Fate { fatalError("emulator") }

    /// When the next delivery is due; nil when nothing is in flight.
    public var nextDeadline: Instant? { fatalError("emulator") }

    /// The next arrival due at `now`, by (time, insertion); its bytes through ``withDelivered(_:)`` until the next poll.
    public mutating func pollDelivery(at now: Instant) -> Delivery? { fatalError("emulator") }

    public borrowing func withDelivered<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result { fatalError("emulator") }
}
