import CDeflate

/// The purpose of a packet.
public enum PacketKind: UInt8, CaseIterable, Sendable {
    case data = 0
    case parity = 1
    case heartbeat = 2
    case closing = 3
    case acknowledgement = 4

    /// The name in reports and JSON.
    public var name: String {
        switch self {
        case .data: "data"
        case .parity: "parity"
        case .heartbeat: "heartbeat"
        case .closing: "closing"
        case .acknowledgement: "acknowledgement"
        }
    }
}

/// The encoding of a packet's payload.
public enum PacketCodec: UInt8, CaseIterable, Sendable {
    case none = 0
    case binary = 1
    case protocolBuffers = 2
    case messagePack = 3
    case json = 4
}

/// The 40-byte header in front of every packet's payload (`Sources/FORMATS.md`). Numbers are little-endian.
public struct PacketHeader: Equatable, Sendable {
    /// Bytes of a header.
    public static let byteCount = 40

    /// The purpose of the packet.
    public var kind: PacketKind
    /// The encoding of the payload.
    public var codec: PacketCodec
    /// The number of records in the payload of a data packet.
    public var eventCount: UInt16
    /// The session's number, which the sender draws at random.
    public var session: UInt64
    /// The number of a data packet in its session, from 1. Packets of other kinds carry the number that they refer to.
    public var sequence: UInt64
    /// Nanoseconds since 1970.
    public var timestamp: UInt64
    /// Bytes of the payload.
    public var payloadLength: UInt16
    /// The raw bits of ``knownFlags``.
    public var flags: UInt16

    /// A header from its fields.
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

    /// `SRP1` as a little-endian number.
    static let magic: UInt32 = 0x3150_5253

    /// Whether the bytes begin with the magic `SRP1`, which StatsD text never does. O(1).
    public static func isSequenced(_ bytes: Span<UInt8>) -> Bool {
        bytes.count >= 4 && bytes.little(0, as: UInt32.self) == magic
    }

    /// Reads and verifies a whole packet: length, magic, kind, codec, payload length, CRC-32. O(n).
    public init(decoding bytes: Span<UInt8>) throws(PacketFault) {
        guard bytes.count >= Self.byteCount else {
            throw .truncated(needed: Self.byteCount, available: bytes.count)
        }
        guard Self.isSequenced(bytes) else { throw .badMagic }
        guard PacketKind(rawValue: bytes[4]) != nil else { throw .unknownKind(bytes[4]) }
        guard PacketCodec(rawValue: bytes[5]) != nil else { throw .unknownCodec(bytes[5]) }
        let stated = Self.byteCount + Int(bytes.little(32, as: UInt16.self))
        guard stated == bytes.count else { throw .lengthMismatch(stated: stated, available: bytes.count) }
        let checksum = bytes.little(36, as: UInt32.self)
        let computed = CRC32.ofPacket(bytes)
        guard checksum == computed else { throw .checksum(stated: checksum, computed: computed) }
        self.init(fields: bytes)
    }

    /// Reads the header fields without verifying the checksum, so they cannot be trusted. nil if the bytes are shorter than a
    /// header, or if kind or codec are unknown. The network emulator uses it to account for the packets that it drops.
    public init?(unverified bytes: Span<UInt8>) {
        guard bytes.count >= Self.byteCount, Self.isSequenced(bytes), PacketKind(rawValue: bytes[4]) != nil,
            PacketCodec(rawValue: bytes[5]) != nil
        else { return nil }
        self.init(fields: bytes)
    }

    /// Reads the fields of bytes whose length, kind and codec were checked.
    private init(fields bytes: Span<UInt8>) {
        guard let kind = PacketKind(rawValue: bytes[4]), let codec = PacketCodec(rawValue: bytes[5]) else {
            preconditionFailure("kind and codec are checked before the fields are read")
        }
        self.init(
            kind: kind, codec: codec, eventCount: bytes.little(6, as: UInt16.self),
            session: bytes.little(8, as: UInt64.self), sequence: bytes.little(16, as: UInt64.self),
            timestamp: bytes.little(24, as: UInt64.self), payloadLength: bytes.little(32, as: UInt16.self),
            flags: bytes.little(34, as: UInt16.self))
    }

    /// Writes the header over the first 40 bytes of `packet`, which holds header and payload, and then the checksum.
    func seal(_ packet: UnsafeMutableRawBufferPointer) {
        unsafe packet.storeLittle(Self.magic, at: 0)
        unsafe packet.storeLittle(kind.rawValue, at: 4)
        unsafe packet.storeLittle(codec.rawValue, at: 5)
        unsafe packet.storeLittle(eventCount, at: 6)
        unsafe packet.storeLittle(session, at: 8)
        unsafe packet.storeLittle(sequence, at: 16)
        unsafe packet.storeLittle(timestamp, at: 24)
        unsafe packet.storeLittle(payloadLength, at: 32)
        unsafe packet.storeLittle(flags, at: 34)
        unsafe Self.sealChecksum(packet)
    }

    /// Writes the checksum of a packet whose other fields are complete.
    static func sealChecksum(_ packet: UnsafeMutableRawBufferPointer) {
        unsafe packet.storeLittle(0 as UInt32, at: 36)
        // Exactly the packet's own bytes.
        let crc = unsafe libdeflate_crc32(0, packet.baseAddress, packet.count)
        unsafe packet.storeLittle(crc, at: 36)
    }
}
