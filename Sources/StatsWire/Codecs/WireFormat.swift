/// What a client's datagrams are.
public enum WireFormat: String, CaseIterable, Sendable {
    /// Packets with a header: numbered, checksummed, and accompanied by reports, so that every loss is seen.
    case sequenced
    /// Plain StatsD text for any StatsD server.
    case statsd
    /// DogStatsD text for the Datadog agent and servers that read its dialect.
    case dogstatsd

    /// How lines read; nil where there are none. A datagram of text has no header and no number, so that it goes out
    /// once, and nothing is reported beside it.
    public var dialect: TextDialect? {
        switch self {
        case .sequenced: nil
        case .statsd: .statsd
        case .dogstatsd: .dogstatsd
        }
    }

    /// Bytes in front of a datagram's events.
    public var headerByteCount: Int { dialect == nil ? PacketHeader.byteCount : 0 }
}
