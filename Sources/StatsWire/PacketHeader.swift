
/// What a packet is for.
public enum PacketKind: UInt8, CaseIterable, Sendable {
    case data = 0
    case parity = 1
    case heartbeat = 2
    case closing = 3
    case acknowledgement = 4
}

/// How a packet's payload is written.
public enum PacketCodec: UInt8, CaseIterable, Sendable {
    case none = 0
    case binary = 1
    case protocolBuffers = 2
    case messagePack = 3
    case json = 4
}

/// The 40 bytes in front of every packet's payload (DESIGN, "The packet"); little-endian.
public struct PacketHeader: Equatable, Sendable {
    public static let byteCount = 40

    public var kind: PacketKind
    public var codec: PacketCodec
    public var eventCount: UInt16
    public var session: UInt64
    public var sequence: UInt64
    /// Nanoseconds since 1970.
    public var timestamp: UInt64
    public var payloadLength: UInt16
    public var flags: UInt16

    public init(
        kind: PacketKind, codec: PacketCodec, eventCount: UInt16, session: UInt64, sequence: UInt64,
        timestamp: UInt64, payloadLength: UInt16, flags: UInt16 = 0
    ) {
        self.kind = kind
        self.codec = codec
        self.eventCount = eventCount
        self.session = session
        self.sequence = sequence
        self.timestamp = timestamp
        self.payloadLength = payloadLength
        self.flags = flags
    }

    /// Whether the bytes begin with the magic `SRP1` (and so are not StatsD text). O(1).
    public static func isSequenced(_ bytes: Span<UInt8>) -> Bool { fatalError("wire") }

    /// Reads and verifies a whole packet: length, magic, kind, codec, payload length, CRC-32. O(n).
    public init(decoding bytes: Span<UInt8>) throws(PacketFault) { fatalError("wire") }

    /// Reads the header fields without trusting them: no checksum is verified. nil when shorter than a header,
    /// or kind or codec are unknown. For the network emulator, which must know what it drops.
    public init?(unverified bytes: Span<UInt8>) { fatalError("wire") }
}

/// Why bytes that begin like a packet are not one. Each is a checksum failure in the sense of gap detection:
/// nothing in the packet may be trusted.
public enum PacketFault: Error, Equatable, Sendable {
    case truncated(needed: Int, available: Int)
    case badMagic
    case unknownKind(UInt8)
    case unknownCodec(UInt8)
    case lengthMismatch(stated: Int, available: Int)
    case checksum(stated: UInt32, computed: UInt32)
}
