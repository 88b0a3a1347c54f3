package import StatsModel
import StatsWire

/// The whole client between `record` and the socket, as a machine without input or output:
/// (aggregate ->) buffer -> batch -> encode -> pack -> number -> checksum -> datagram.
///
/// Every event ends in exactly one place: in a data packet handed out, or in ``dropped`` under its cause. The first reason that
/// applies decides the cause of a refusal:
///
/// 1. The client is closing (`client_closed`).
/// 2. The event fits into no packet (`oversize`).
/// 3. There is no memory for one more metric (`memory_limit`), or there are too many metrics (`metric_limit`). An event that
///    the aggregator takes at this point is not refused.
/// 4. Even an empty text pool cannot hold its text (`oversize`).
/// 5. The drop strategy refuses it at the buffer's present fill level.
/// 6. The text pool has no room (`text_pool_full`).
///
/// An event that is found to be too long only when it is encoded is dropped then.
///
/// With a circuit breaker, the driver reports the result of sending each packet (``handleSendOutcome(_:at:)``). While the
/// breaker is open no packet is polled, and events wait in the buffer under the drop strategy.
package struct ClientPipeline: ~Copyable {
    /// The origin of the bytes that ``withDatagram(_:)`` shows.
    enum Polled {
        case nothing, data, mitigation
    }

    package let configuration: ClientConfiguration
    package let session: UInt64

    var buffer: EventBuffer
    let strategy: DropStrategy.Kind
    let decider: DropDecider
    /// The number of decisions so far. It is the number of an event in the strategy's draws.
    var decisions: UInt64 = 0
    var priorities: PriorityTable
    /// The number of metrics whose priority was determined. They are the ones with lower numbers.
    var prioritized = 0
    /// The account of all memory. nil if there is no limit.
    package let memory: MemoryLimiter?

    /// Aggregates events before the buffer. nil if every event is sent.
    package let aggregator: LocalAggregator?
    package var isAggregating: Bool { aggregator != nil }
    var flushing = AggregateFlush()
    /// The time of the next flush of the aggregator. nil if nothing was added since the last one.
    var aggregateDue: Instant?
    /// Whether the aggregated events are to be sent now.
    var wantsAggregates = false
    /// The number of events in records that left the aggregator, without those of set members.
    package var addedUpCount: UInt64 = 0

    var texts: TextPool
    package var metrics: MetricCatalog
    /// The metrics that stand for events and service checks in slots. Their strings are in the text pool.
    let eventMetric: MetricID
    let serviceCheckMetric: MetricID
    var batcher: PacketBatcher
    /// The largest encoded event in bytes.
    let longestRecord: Int
    var adaptive: AdaptiveBatcher?
    /// Sends everything except the first copies of data packets.
    var mitigations: Mitigations
    var breaker: CircuitBreaker?
    /// Whether there is a breaker. Every poll reads this flag, because unwrapping the optional costs more than the rest of a
    /// poll.
    let hasBreaker: Bool
    /// The packet that was polled last, until its outcome is reported. Kept only with a breaker.
    var lastPacket: OutgoingPacket?
    var accounting: ClientAccounting
    var polled = Polled.nothing
    /// Whether the open packet is sent although it is neither full nor old. Only ``flush()`` sets it.
    var isFlushing = false

    /// Traps if ``ClientConfiguration/validate()`` would throw.
    package init(configuration: ClientConfiguration, session: UInt64) {
        let aggregator = configuration.aggregation.map { LocalAggregator(configuration: $0) }
        self.init(configuration: configuration, session: session, aggregator: aggregator)
    }

    /// - Parameter aggregator: an aggregator with the configuration's settings, which may be shared with threads that record
    ///   through its handles
    package init(configuration: ClientConfiguration, session: UInt64, aggregator: LocalAggregator?) {
        do {
            try configuration.validate()
        } catch {
            preconditionFailure("the client's configuration is out of range: \(error)")
        }
        self.configuration = configuration
        self.session = session
        strategy = configuration.dropStrategy.kind
        buffer = EventBuffer(capacity: configuration.bufferCapacity, isByPriority: strategy == .byPriority)
        decider = DropDecider(configuration.dropStrategy, seed: session)
        priorities = PriorityTable(limit: configuration.metricLimit + Self.reservedMetrics)
        memory = configuration.memoryLimit.map { MemoryLimiter(limit: $0) }
        if let memory, !memory.reserve(configuration.fixedMemory) {
            preconditionFailure("a valid limit has room for what is allocated at once")
        }
        self.aggregator = aggregator
        accounting = ClientAccounting(keepsValues: configuration.aggregation != nil)
        texts = TextPool(capacity: configuration.textCapacity)
        metrics = MetricCatalog(limit: configuration.metricLimit + Self.reservedMetrics)
        eventMetric = Self.reserve(.event, in: &metrics)
        serviceCheckMetric = Self.reserve(.serviceCheck, in: &metrics)
        batcher = PacketBatcher(configuration: configuration, memory: memory)
        longestRecord = configuration.longestRecord
        adaptive = configuration.minimumBatchSize.map {
            AdaptiveBatcher(minimumSize: $0, maximumSize: configuration.batchSize)
        }
        mitigations = Mitigations(configuration: configuration, session: session)
        breaker = configuration.breaker.map { CircuitBreaker(configuration: $0) }
        hasBreaker = configuration.breaker != nil
    }

    /// The number of metrics besides those that the configuration allows: one for all events, and one for all service checks.
    package static let reservedMetrics = 2

    private static func reserve(_ type: MetricType, in metrics: inout MetricCatalog) -> MetricID {
        let name = Array(type.name.utf8)
        guard let metric = metrics.intern(type, name.span, name: ByteRange(0..<name.count)) else {
            preconditionFailure("a new catalog has room for the reserved metrics")
        }
        return metric
    }

    /// Closes the client: every further event is refused, and the next polls send everything that is buffered or aggregated,
    /// then the closing packets. With an open breaker nothing can be sent, and waiting events are lost as `circuit_open`. Only
    /// the first call has an effect.
    package mutating func close(at now: Instant) {
        if isAggregating, !isClosing { wantsAggregates = true }
        mitigations.handleClose(at: now)
        abandonBehindOpenBreaker(at: now)
    }

    /// Whether ``close(at:)`` was called, or the pipeline was abandoned.
    package var isClosing: Bool { mitigations.isClosing }

    /// Whether everything, the closing packets included, has been polled.
    package var isClosed: Bool {
        mutating get { mitigations.isFinished(isDataOut: isDataOut) }
    }

    /// Whether the client is closing and no event waits any more.
    var isDataOut: Bool { isClosing && isFlushed }

    /// Whether no event waits in the buffer, in an open packet or in a flush.
    package var isFlushed: Bool { buffer.count == 0 && batcher.isEmpty && isAggregateFlushed }

    /// The time of the next ``pollTransmit(at:epoch:)`` that is necessary even if nothing is recorded. nil if there is none.
    ///
    /// An instant in the past means "at once": events wait in the buffer and no poll has moved them yet, or a packet is
    /// overdue. After a poll that returned nil, the deadline is exact: no earlier poll returns a packet, and a poll at the
    /// deadline returns one or finds that a period of the breaker has ended.
    package var nextDeadline: Instant? {
        mutating get {
            if isClosed { return nil }
            if hasBreaker, let breaker, !breaker.isAdmitting { return breaker.nextDeadline }
            var deadline = mitigations.nextDeadline(
                isPacketOpen: !batcher.isEmpty, isDataOut: isDataOut, isHeldUp: flushing.hasSkipped)
            if let due = batcher.deadline { deadline = min(deadline ?? due, due) }
            if let due = buffer.firstArrival { deadline = min(deadline ?? due, due) }
            if hasBreaker, let due = breaker?.nextDeadline { deadline = min(deadline ?? due, due) }
            if isAggregating {
                if let due = aggregateDue { deadline = min(deadline ?? due, due) }
                if flushing.isActive || wantsAggregates { deadline = min(deadline ?? flushing.began, flushing.began) }
            }
            return deadline
        }
    }

    /// The bytes of the datagram that was polled last. Empty if the last poll returned nil. The function is `mutating` for the
    /// same reason as ``nextDeadline``.
    package mutating func withDatagram<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        switch polled {
        case .nothing: try body(Span())
        case .data: try batcher.withBytes(body)
        case .mitigation: try mitigations.withBytes(body)
        }
    }
}
