package import StatsModel
import StatsWire

/// The whole client between `record` and the socket, as a machine without input or output:
/// (aggregate ->) buffer -> batch -> encode -> pack -> number -> checksum -> datagram.
///
/// Every event ends in exactly one place: in a data packet handed out, or in ``dropped`` under its cause. What is
/// refused is judged in this order: closed, too long for any packet, one metric too many, no memory for one more
/// metric; what the aggregator takes is then safe; else what the drop strategy says of the buffer, text pool full. An event that turns out too long only once
/// it is encoded is dropped when it is packed.
///
/// With a circuit breaker, whoever sends reports what became of each packet (``handleSendOutcome(_:at:)``). While it is
/// open nothing is polled, and events wait in the buffer under the drop strategy.
package struct ClientPipeline: ~Copyable {
    /// Whose bytes ``withDatagram(_:)`` shows.
    enum Polled {
        case nothing, data, mitigation
    }

    package let configuration: ClientConfiguration
    package let session: UInt64

    var buffer: EventBuffer
    let strategy: DropStrategy.Kind
    let decider: DropDecider
    /// Decisions made so far: what numbers an event for the strategy's draws.
    var decisions: UInt64 = 0
    var priorities: PriorityTable
    /// Metrics with a lower number have their priority.
    var prioritized = 0
    /// The account of all memory; nil where there is no limit.
    package let memory: MemoryLimiter?

    /// Adds up before the buffer; nil where every event is sent.
    package let aggregator: LocalAggregator?
    package let isAggregating: Bool
    var flushing = AggregateFlush()
    /// When what was added up is to go out; nil when nothing was.
    var aggregateDue: Instant?
    /// What was added up is to go out now.
    var wantsAggregates = false
    /// Events in records that left the aggregator, members of sets aside.
    package var addedUpCount: UInt64 = 0

    var texts: TextPool
    package var metrics: MetricCatalog
    /// The metrics that stand for events and service checks in slots; their strings live in the text pool.
    let eventMetric: MetricID
    let serviceCheckMetric: MetricID
    var batcher: PacketBatcher
    /// Bytes of an event as it is encoded at most.
    let longestRecord: Int
    var adaptive: AdaptiveBatcher?
    let isAdaptive: Bool
    /// Everything that goes out beside the first copies of data packets.
    var mitigations: Mitigations
    var breaker: CircuitBreaker?
    /// Whether there is one: asked on every poll, where looking into the optional costs more than the rest.
    let hasBreaker: Bool
    /// The packet last polled, for its outcome. Only kept where there is a breaker.
    var lastPacket: OutgoingPacket?
    var accounting: ClientAccounting
    var polled = Polled.nothing
    /// The open packet goes out although it is neither full nor old; set by ``flush()`` only.
    var isFlushing = false

    /// Traps where ``ClientConfiguration/validate()`` would throw.
    package init(configuration: ClientConfiguration, session: UInt64) {
        let aggregator = configuration.aggregation.map { LocalAggregator(configuration: $0) }
        self.init(configuration: configuration, session: session, aggregator: aggregator)
    }

    /// - Parameter aggregator: made as the configuration says, and shared with those who record on handles of it
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
        isAggregating = aggregator != nil
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
        isAdaptive = configuration.minimumBatchSize != nil
    }

    /// Beside the metrics that the configuration allows there is one for all events and one for all service checks.
    package static let reservedMetrics = 2

    private static func reserve(_ type: MetricType, in metrics: inout MetricCatalog) -> MetricID {
        let name = Array(type.name.utf8)
        guard let metric = metrics.intern(type, name.span, name: ByteRange(0..<name.count)) else {
            preconditionFailure("a new catalog has room for the reserved metrics")
        }
        return metric
    }

    /// Everything buffered is to go out now, then the closing packets; afterwards every `record` is refused. Behind an
    /// open breaker nothing can go out: what waits is lost as `circuit_open`. Only the first call counts.
    package mutating func close(at now: Instant) {
        if isAggregating, !isClosing { wantsAggregates = true }
        mitigations.handleClose(at: now)
        abandonBehindOpenBreaker(at: now)
    }

    /// Whether ``close(at:)`` was called, or the pipeline was abandoned.
    package var isClosing: Bool { mitigations.isClosing }

    /// Whether everything, the closing packets included, has been polled.
    package var isClosed: Bool { mitigations.isFinished(isDataOut: isDataOut) }

    /// Whether the pipeline closes and no event waits any more.
    var isDataOut: Bool { isClosing && isFlushed }

    /// Whether no event waits: not in the buffer, not in an open packet, and nothing of a flush.
    package var isFlushed: Bool { buffer.count == 0 && batcher.isEmpty && isAggregateFlushed }

    /// When the pipeline next wants ``pollTransmit(at:epoch:)`` to be called although nothing is recorded; nil: never.
    ///
    /// An instant in the past means at once: events wait in the buffer that were not looked at yet, or something is
    /// overdue. Once a poll answered nil the deadline is exact: no poll before it gives a packet, and one at it does,
    /// or finds that the breaker's time is up.
    package var nextDeadline: Instant? {
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

    /// The bytes of the datagram last polled; none where the last poll answered nil.
    package borrowing func withDatagram<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        switch polled {
        case .nothing: try body(Span())
        case .data: try batcher.withBytes(body)
        case .mitigation: try mitigations.withBytes(body)
        }
    }
}
