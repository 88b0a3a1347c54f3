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

    /// Throws the first field that is outside its range.
    public func validate() throws(ConfigurationError) {
        try Self.check("bufferCapacity", bufferCapacity, in: 1...1 << 24)
        guard bufferCapacity & (bufferCapacity - 1) == 0 else {
            throw ConfigurationError(
                field: "bufferCapacity", value: "\(bufferCapacity)", allowed: "a power of two from 1 to \(1 << 24)")
        }
        // The header counts the events of a packet in 16 bits.
        try Self.check("batchSize", batchSize, in: 1...65_535)
        try Self.check("maximumBatchAge", maximumBatchAge, in: .zero ... .seconds(3600))
        // From a heartbeat, which has to fit as well, to the largest UDP payload over IPv4.
        try Self.check(
            "maximumPacketSize", maximumPacketSize, in: PacketHeader.byteCount + TotalsReport.byteCount...65_507)
        switch codec {
        case .binary, .json: break
        case .none, .protocolBuffers, .messagePack:
            throw ConfigurationError(field: "codec", value: "\(codec)", allowed: "binary or json")
        }
        // With no interval at all a heartbeat would be due for ever.
        try Self.check("heartbeatInterval", heartbeatInterval, in: .milliseconds(1) ... .seconds(86_400))
        try Self.check("closingCopies", closingCopies, in: 0...100)
        try Self.check("closingInterval", closingInterval, in: .zero ... .seconds(60))
        try Self.check("metricLimit", metricLimit, in: 1...1 << 24)
        try Self.check("textCapacity", textCapacity, in: TextPool.capacityRange)
    }

    private static func check<Value: Comparable>(
        _ field: String, _ value: Value, in range: ClosedRange<Value>
    ) throws(ConfigurationError) {
        guard range.contains(value) else {
            throw ConfigurationError(
                field: field, value: "\(value)", allowed: "\(range.lowerBound) to \(range.upperBound)")
        }
    }
}
