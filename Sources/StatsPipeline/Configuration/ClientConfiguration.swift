import StatsModel
public import StatsWire

/// The settings of the client's pipeline.
///
/// The defaults are ``standard``. ``ClientPreset`` lists other configurations, ``validate()`` checks the range of each field, and
/// ``memoryBudget(metrics:nameLength:)`` computes the memory.
public struct ClientConfiguration: Sendable, Equatable {
    /// The number of slots in the buffer; a power of two. A slot takes 40 bytes, or 44 with the strategy by priority.
    public var bufferCapacity = 8192
    /// The event that is lost when events arrive faster than they leave.
    public var dropStrategy = DropStrategy.newest
    /// Priorities of metrics that differ from those of their types.
    public var priorities = PriorityRules()

    /// Aggregates events in the client. nil sends every event. Aggregated events do not wait in the buffer.
    public var aggregation: AggregatorConfiguration?

    /// The largest number of events in a packet.
    public var batchSize = 50
    /// The smallest batch size. If it is set, ``AdaptiveBatcher`` chooses the batch size between it (the buffer is nearly empty)
    /// and ``batchSize`` (the buffer fills up). nil always uses ``batchSize``.
    public var minimumBatchSize: Int?
    /// The longest time that an event waits in an open packet, measured from the first event in it.
    public var maximumBatchAge = Duration.milliseconds(100)
    /// The largest datagram in bytes, header included. With parity, data packets are smaller (``maximumDataSize``).
    public var maximumPacketSize = 1472
    /// The largest event in bytes, encoded and without a header, that may travel alone. An event that does not fit into a packet
    /// of ``maximumPacketSize`` gets a datagram of its own, which the network fragments. A longer event is lost as `oversize`.
    /// With 0, every event that does not fit is lost. The default is the limit of Datadog's clients and agent.
    public var largeEventLimit = 8192
    /// The encoding of events if ``format`` is sequenced.
    public var codec = PacketCodec.binary
    /// The format of datagrams: this project's packets, or text for other servers. Text has no numbers, no reports and no second
    /// copies.
    public var format = WireFormat.sequenced

    /// The time between heartbeats with totals while the session is open.
    public var heartbeatInterval = Duration.seconds(1)
    /// The number of closing packets.
    public var closingCopies = 3
    /// The time between closing packets.
    public var closingInterval = Duration.milliseconds(10)

    /// Stops sending to a downstream that fails. nil tries every packet.
    public var breaker: BreakerConfiguration?
    /// The data packets that are sent twice.
    public var redundancy = Redundancy.none
    /// The time between first and second copy, so that a single burst of losses does not hit both.
    public var copySpread = Duration.zero
    /// The largest number of waiting second copies, of ``maximumPacketSize`` bytes each. If this many wait, a packet is sent only
    /// once.
    public var copyLimit = 64

    /// Retransmission of packets that the receiver misses. nil means none. Always none for text.
    public var reliability: ReliabilityConfiguration? = ReliabilityConfiguration()
    /// Parity packets, from which a receiver recovers packets without a request. nil means none. Always none for text.
    public var parity: ParityConfiguration?

    /// The largest number of distinct metrics.
    public var metricLimit = 1 << 16
    /// Bytes for texts (set members, events, service checks) that wait in the buffer.
    public var textCapacity = 1 << 20
    /// The most bytes for the whole client, including the metrics' names. nil means as much as the other limits allow.
    public var memoryLimit: Int?

    /// The standard configuration.
    public init() {}
}
