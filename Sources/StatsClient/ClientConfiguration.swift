public import StatsModel
public import StatsWire

/// Everything that bounds and shapes the client's pipeline.
public struct ClientConfiguration: Sendable, Equatable {
    /// Slots of the ring; a power of two. 32 bytes each.
    public var bufferCapacity = 8192
    /// A packet is sent with at most this many events in it.
    public var batchSize = 50
    /// An event waits at most this long in an open packet, measured from the first event in it.
    public var maximumBatchAge = Nanoseconds.milliseconds(100)
    /// Bytes of one datagram, header included.
    public var maximumPacketSize = 1472
    public var codec = PacketCodec.binary
    /// A heartbeat with totals goes out this long after the last one, while the session is open.
    public var heartbeatInterval = Nanoseconds.seconds(1)
    /// How often the closing packet is sent, and how far apart.
    public var closingCopies = 3
    public var closingInterval = Nanoseconds.milliseconds(10)
    /// Distinct metrics at most.
    public var metricLimit = 1 << 16
    /// Bytes for texts (set members, events, service checks) waiting in the ring.
    public var textCapacity = 1 << 20

    public init() {}
}
