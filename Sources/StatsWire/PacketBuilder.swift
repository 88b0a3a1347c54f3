public import StatsModel

/// One datagram under construction: events are encoded straight into it, then it is numbered and sealed.
public struct PacketBuilder: ~Copyable {
    public enum AppendResult: Equatable, Sendable {
        case appended
        /// No room beside what is already there: seal this packet, begin the next, append again.
        case packetFull
        /// Would not fit into an empty packet, or a field is longer than the codec can state.
        case oversize
    }

    public let maximumSize: Int
    public let codec: PacketCodec

    /// - Parameter maximumSize: bytes of the whole datagram, header included; 64...65507, else traps
    public init(maximumSize: Int, codec: PacketCodec) { fatalError("wire") }

    /// How many events stand in the open packet.
    public var eventCount: Int { fatalError("wire") }
    /// Bytes of the open packet so far, header included.
    public var byteCount: Int { fatalError("wire") }

    /// Empties the packet and states its time, which record timestamps are relative to.
    public mutating func begin(timestamp: UInt64) { fatalError("wire") }

    /// Encodes one event.
    ///
    /// - Parameters:
    ///   - key: type, and where name, tags and extra fields stand in `keys`
    ///   - text: where the member, text or message stands in `texts` (unescaped)
    public mutating func append(
        _ event: StatEvent, key: MetricCatalog.Key, keys: Span<UInt8>, text: ByteRange, texts: Span<UInt8>
    ) -> AppendResult { fatalError("wire") }

    /// Writes header and CRC-32; afterwards ``withBytes(_:)`` shows the finished datagram. Returns its byte count.
    public mutating func seal(session: UInt64, sequence: UInt64) -> Int { fatalError("wire") }

    /// Builds a heartbeat or closing packet: its payload is the report.
    public mutating func sealReport(
        _ report: TotalsReport, kind: PacketKind, session: UInt64, sequence: UInt64, timestamp: UInt64
    ) -> Int { fatalError("wire") }

    /// The sealed datagram.
    public borrowing func withBytes<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result { fatalError("wire") }
}
