public import StatsModel

/// What a sender says of itself, in heartbeats and closing packets: everything since its session began.
///
/// Payload layout (codec none, 136 bytes, little-endian): data packets sent (8), then for the eight types in the
/// order of ``MetricType``'s raw values the records sent (8 each), then the records the client dropped (8 each).
public struct TotalsReport: Equatable, Sendable {
    public static let byteCount = 136

    public var packets: UInt64
    public var sent: TypeCounts
    public var dropped: TypeCounts

    public init(packets: UInt64, sent: TypeCounts, dropped: TypeCounts) {
        self.packets = packets
        self.sent = sent
        self.dropped = dropped
    }

    /// Reads the payload of a verified heartbeat or closing packet; nil when it is shorter than the layout.
    public init?(decoding bytes: Span<UInt8>, header: PacketHeader) { fatalError("wire") }
}
