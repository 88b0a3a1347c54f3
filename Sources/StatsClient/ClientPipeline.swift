public import StatsModel
import StatsWire

/// The whole client between `record` and the socket, as a machine without input or output:
/// ring -> batch -> encode -> pack -> number -> checksum -> datagram.
///
/// Every event ends in exactly one place: in a data packet handed out, or in ``dropped`` under its cause. What is
/// refused is judged in this order: closed, too long for any packet, one metric too many, ring full, text pool full.
/// An event that turns out too long only once it is encoded is dropped when it is packed.
public struct ClientPipeline: ~Copyable {
    /// Whose bytes ``withDatagram(_:)`` shows.
    enum Polled {
        case nothing, data, report
    }

    public let configuration: ClientConfiguration
    public let session: UInt64

    var ring: SPSCRing
    var texts: TextPool
    var metrics: MetricCatalog
    /// The metrics that stand for events and service checks in slots; their strings live in the text pool.
    let eventMetric: MetricID
    let serviceCheckMetric: MetricID
    /// When each waiting event was recorded; as many as the ring has slots, in the same places.
    var arrivals: [Instant]
    var batcher: PacketBatcher
    /// Reports are built apart, since a data packet may be open while one is due.
    var reportBuilder: PacketBuilder
    var reports: ReportSchedule
    var books = ClientBooks()
    var polled = Polled.nothing
    /// The open packet goes out although it is neither full nor old; set by ``flush()`` only.
    var isFlushing = false

    /// Traps where ``ClientConfiguration/validate()`` would throw.
    public init(configuration: ClientConfiguration, session: UInt64) {
        do {
            try configuration.validate()
        } catch {
            preconditionFailure("the client's configuration is out of range: \(error)")
        }
        self.configuration = configuration
        self.session = session
        ring = SPSCRing(capacity: configuration.bufferCapacity)
        texts = TextPool(capacity: configuration.textCapacity)
        metrics = MetricCatalog(limit: configuration.metricLimit + Self.reservedMetrics)
        eventMetric = Self.reserve(.event, in: &metrics)
        serviceCheckMetric = Self.reserve(.serviceCheck, in: &metrics)
        arrivals = Array(repeating: .start, count: configuration.bufferCapacity)
        batcher = PacketBatcher(configuration: configuration)
        reportBuilder = PacketBuilder(maximumSize: configuration.maximumPacketSize, codec: .none)
        reports = ReportSchedule(configuration: configuration)
    }

    /// Beside the metrics that the configuration allows there is one for all events and one for all service checks.
    static let reservedMetrics = 2

    private static func reserve(_ type: MetricType, in metrics: inout MetricCatalog) -> MetricID {
        let name = Array(type.name.utf8)
        guard let metric = metrics.intern(type, name.span, name: ByteRange(0..<name.count)) else {
            preconditionFailure("a new catalog has room for the reserved metrics")
        }
        return metric
    }

    /// The client's own books of losses, by cause and type, with the contents that ``EventContent`` defines.
    /// Its `offered` and `delivered` stay zero: the client does not see either.
    public var dropped: Ledger { books.dropped }
    /// Records in the data packets handed out so far.
    public var sent: TypeCounts { books.sent }
    /// Data packets handed out so far; also the highest sequence number.
    public var packetsSent: UInt64 { books.packetsSent }
    /// The metrics known, as a copy that shares its storage until one of both changes. The first two stand for all
    /// events and all service checks and do not count against ``ClientConfiguration/metricLimit``.
    public var catalog: MetricCatalog { metrics }
    /// Events waiting in the ring, and the most that ever did. Those in the open packet wait no longer in the ring.
    public var bufferedCount: Int { ring.count }
    public var bufferedPeak: Int { books.bufferedPeak }

    /// Everything buffered is to go out now, then the closing packets; afterwards every `record` is refused.
    /// Only the first call counts.
    public mutating func close(at now: Instant) {
        reports.handleClose(at: now)
    }

    /// Whether everything, the closing packets included, has been polled.
    public var isClosed: Bool { reports.isFinished && isFlushed }

    /// Whether no event waits, neither in the ring nor in an open packet.
    var isFlushed: Bool { ring.count == 0 && batcher.isEmpty }

    /// When the pipeline next wants ``pollTransmit(at:epoch:)`` to be called although nothing is recorded; nil: never.
    ///
    /// An instant in the past means at once: events wait in the ring that were not looked at yet, or something is
    /// overdue. Once a poll answered nil the deadline is exact: no poll before it gives a packet, one at it does.
    public var nextDeadline: Instant? {
        if isClosed { return nil }
        var deadline = reports.deadline
        if let due = batcher.deadline { deadline = min(deadline ?? due, due) }
        if ring.count > 0 {
            let due = arrivals[Int(truncatingIfNeeded: ring.consumer.popped) & (arrivals.count - 1)]
            deadline = min(deadline ?? due, due)
        }
        return deadline
    }

    /// The bytes of the datagram last polled; none where the last poll answered nil.
    public borrowing func withDatagram<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        switch polled {
        case .nothing: try body(Span())
        case .data: try batcher.withBytes(body)
        case .report: try reportBuilder.withBytes(body)
        }
    }
}
