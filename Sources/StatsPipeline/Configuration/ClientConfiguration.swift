public import StatsModel
public import StatsWire

/// Everything that bounds and shapes the client's pipeline.
///
/// As it stands it is ``standard``; see ``ClientPreset`` for others, ``validate()`` for what each field may be, and
/// ``memoryBudget(metrics:nameLength:)`` for what it costs.
public struct ClientConfiguration: Sendable, Equatable {
    /// Slots of the buffer; a power of two. 40 bytes each, 44 where the strategy is by priority.
    public var bufferCapacity = 8192
    /// What gives way when events come faster than they leave.
    public var dropStrategy = DropStrategy.newest
    /// Which metrics matter more or less than their type says.
    public var priorities = PriorityRules()

    /// Adds up in the client what would otherwise be one event each; nil: every event is sent. What is added up does
    /// not wait in the buffer.
    public var aggregation: AggregatorConfiguration?

    /// A packet is sent with at most this many events in it.
    public var batchSize = 50
    /// Where given, packets hold from this many events (while the buffer is nearly empty) to ``batchSize`` (while it
    /// fills up), by ``AdaptiveBatcher``; nil: always up to ``batchSize``.
    public var minimumBatchSize: Int?
    /// An event waits at most this long in an open packet, measured from the first event in it.
    public var maximumBatchAge = Nanoseconds.milliseconds(100)
    /// Bytes of one datagram, header included; see ``maximumDataSize`` for what parity leaves of it.
    public var maximumPacketSize = 1472
    /// An event that does not fit into a packet of ``maximumPacketSize`` goes out alone in a datagram of its own where it takes
    /// at most so many bytes as it is encoded, header not included; the network cuts such a datagram into fragments. Beyond
    /// that it is `oversize`; 0: at once. The default is what Datadog's clients and agent allow an event.
    public var largeEventLimit = 8192
    /// How events are written where ``format`` is sequenced.
    public var codec = PacketCodec.binary
    /// Packets of our own, or text for other servers: one datagram without a number, without reports and second copies.
    public var format = WireFormat.sequenced

    /// A heartbeat with totals goes out this long after the last one, while the session is open.
    public var heartbeatInterval = Nanoseconds.seconds(1)
    /// How often the closing packet is sent, and how far apart.
    public var closingCopies = 3
    public var closingInterval = Nanoseconds.milliseconds(10)

    /// Stops sending to a downstream that fails; nil: every packet is tried.
    public var breaker: BreakerConfiguration?
    /// Which data packets are sent twice.
    public var redundancy = Redundancy.none
    /// A second copy goes out this long after the first, so that one burst of losses does not take both.
    public var copySpread = Nanoseconds.zero
    /// Second copies that wait at most, ``maximumPacketSize`` bytes each; where that many wait, a packet goes out once.
    public var copyLimit = 64

    /// What is sent again where the receiver lacks it; nil: nothing is. Text has none, whatever stands here.
    public var reliability: ReliabilityConfiguration? = ReliabilityConfiguration()
    /// Parity packets, from which a receiver recovers packets without asking; nil: none. Text has none, whatever stands here.
    public var parity: ParityConfiguration?

    /// Distinct metrics at most.
    public var metricLimit = 1 << 16
    /// Bytes for texts (set members, events, service checks) waiting in the buffer.
    public var textCapacity = 1 << 20
    /// Bytes that all of the client may take, metrics' names included; nil: as much as the other limits allow.
    public var memoryLimit: Int?

    public init() {}
}
