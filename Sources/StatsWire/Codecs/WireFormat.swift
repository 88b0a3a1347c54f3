/// The format of a client's datagrams.
public enum WireFormat: String, CaseIterable, Sendable {
    /// Packets with a header: numbered, with a checksum, and accompanied by reports. Every loss can be detected.
    case sequenced
    /// Plain StatsD text for any StatsD server.
    case statsd
    /// DogStatsD text for the Datadog agent and compatible servers.
    case dogstatsd

    /// The dialect of the text. nil for sequenced packets. A datagram of text has no header and no number, so that it is sent
    /// once and has no reports.
    public var dialect: TextDialect? {
        switch self {
        case .sequenced: nil
        case .statsd: .statsd
        case .dogstatsd: .dogstatsd
        }
    }

    /// Bytes of a datagram in front of its events.
    public var headerByteCount: Int { dialect == nil ? PacketHeader.byteCount : 0 }
}
