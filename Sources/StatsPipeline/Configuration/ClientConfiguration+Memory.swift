package import StatsModel
import StatsWire

extension ClientConfiguration {
    /// Bytes that a client of this configuration allocates when it is made, before it knows any metric.
    ///
    /// Buffer, aggregator, text pool, the two packets under construction (one of them of the largest size), second copies, what is kept to be sent again,
    /// running totals, parities, and the empty catalog of metrics.
    public var fixedMemory: Int {
        let buffer: Int
        switch dropStrategy {
        case .newest, .oldest, .sampled: buffer = 256 + bufferCapacity * (32 + 8)
        case .byPriority: buffer = bufferCapacity * (32 + 8 + 4)
        }
        // Of reports, and of events; text leaves that of packets unused. Under a limit room for an event longer than a packet is
        // reserved when the first one comes.
        let builders = format.dialect == nil ? 1 : 2
        let data = memoryLimit == nil ? largestPacketSize : maximumPacketSize
        let packets = builders * max(maximumPacketSize, PacketHeader.byteCount + TotalsReport.byteCount) + data
        let copies: Int
        switch redundancy {
        case .none: copies = 0
        case .critical, .all: copies = copyLimit * (maximumPacketSize + WaitingCopies.entryByteCount)
        }
        let parts = buffer + (aggregation?.memoryUse ?? 0) + 128 + textCapacity + packets + copies
        let parity = activeParity?.memory(maximumPacketSize: maximumPacketSize) ?? 0
        return parts + (activeReliability?.memoryUse ?? 0) + parity + Self.emptyCatalog + Self.pipelineItself
    }

    /// The reliability that applies: none where the format is text.
    public var activeReliability: ReliabilityConfiguration? { format.dialect == nil ? reliability : nil }

    /// The parity that applies: none where the format is text.
    public var activeParity: ParityConfiguration? { format.dialect == nil ? parity : nil }

    /// Bytes of a data packet at most, header included: with parity 48 fewer than ``maximumPacketSize``, so that the parity of
    /// the longest one still fits.
    public var maximumDataSize: Int { maximumPacketSize - (activeParity == nil ? 0 : ParityConfiguration.packetOverhead) }

    /// The same for a packet of one event alone, which ``largeEventLimit`` bounds; no parity covers it.
    public var largestDataSize: Int { max(maximumDataSize, largeEventLimit + format.headerByteCount) }

    /// Bytes of the longest packet of any kind.
    public var largestPacketSize: Int { max(maximumPacketSize, largestDataSize) }

    /// The table of a catalog that is empty, and the two metrics that stand for events and service checks.
    private static let emptyCatalog = 4096 + 2 * metricMemory(nameLength: 16)
    /// Books, schedules, the breaker's list of transitions.
    private static let pipelineItself = 8192

    /// Bytes that a client may take at most for one metric whose name, tags and fields have that many bytes together.
    ///
    /// A metric has up to two rows of 48 bytes (its own, and its tags in the order of the sender), the key's bytes in
    /// each, places in tables, and what is counted for it. Arrays that grow hold twice what is in them, and while they
    /// grow once more what was in them before: three times.
    public static func metricMemory(nameLength: Int) -> Int { 3 * (2 * (nameLength + 48) + 4 + 2 * 8 + 1 + 24) }

    /// Bytes to be reserved for one more way to write a known metric. The price of the metric has room for the first one, of as
    /// many bytes.
    package static func aliasMemory(of metric: MetricID, in catalog: borrowing MetricCatalog, nameLength: Int) -> Int {
        let whole = metricMemory(nameLength: nameLength)
        if catalog.hasAlias(metric) { return whole }
        let key = catalog.key(of: metric)
        return max(0, whole - metricMemory(nameLength: key.name.count + key.tags.count + key.extra.count))
    }

    /// Bytes that a client of this configuration takes at most, with so many metrics of names of that length, tags
    /// included.
    public func memoryBudget(metrics: Int = 1000, nameLength: Int = 48) -> Int {
        let late = memoryLimit == nil || largestDataSize == maximumDataSize ? 0 : largestDataSize
        let whole = fixedMemory + late + min(metrics, metricLimit) * Self.metricMemory(nameLength: nameLength)
        return min(whole, memoryLimit ?? whole)
    }

    /// The budget as a person reads it: "this client will use 1.8 MB with 1000 metrics".
    public func memoryDescription(metrics: Int = 1000, nameLength: Int = 48) -> String {
        let tenths = (memoryBudget(metrics: metrics, nameLength: nameLength) + 50_000) / 100_000
        let limit = memoryLimit.map { ", never more than \($0) bytes" } ?? ""
        return "this client will use \(tenths / 10).\(tenths % 10) MB with \(metrics) metrics\(limit)"
    }
}
