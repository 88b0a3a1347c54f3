package import StatsModel
import StatsWire

extension ClientConfiguration {
    /// Bytes that a client with this configuration allocates at its creation, before it knows any metric.
    ///
    /// They cover the buffer, the aggregator, the text pool, the two packets under construction (one of the largest size), second
    /// copies, the history for retransmission, running totals, parities, and the empty catalog of metrics.
    public var fixedMemory: Int {
        let buffer: Int
        switch dropStrategy {
        case .newest, .oldest, .sampled: buffer = 256 + bufferCapacity * (32 + 8)
        case .byPriority: buffer = bufferCapacity * (32 + 8 + 4)
        }
        // Under a memory limit, the room for an event longer than a packet is reserved when the first one arrives.
        let data = memoryLimit == nil ? largestPacketSize : maximumPacketSize
        // With a text format, the builder of sequenced packets exists but stays unused.
        let unused = format.dialect == nil ? 0 : max(maximumPacketSize, PacketHeader.byteCount + TotalsReport.byteCount)
        let parts = buffer + (aggregation?.memoryUse ?? 0) + 128 + textCapacity + data + unused
        return parts + Mitigations.memory(self) + Self.emptyCatalog + Self.pipelineItself
    }

    /// The reliability that applies. nil if the format is text.
    public var activeReliability: ReliabilityConfiguration? { format.dialect == nil ? reliability : nil }

    /// The parity that applies. nil if the format is text.
    public var activeParity: ParityConfiguration? { format.dialect == nil ? parity : nil }

    /// The largest data packet in bytes, header included. With parity it is 48 bytes below ``maximumPacketSize``, so that the
    /// parity of the longest packet still fits.
    public var maximumDataSize: Int { maximumPacketSize - (activeParity == nil ? 0 : ParityConfiguration.packetOverhead) }

    /// The largest packet with a single event in bytes, which ``largeEventLimit`` bounds. No parity covers it.
    public var largestDataSize: Int { max(maximumDataSize, largeEventLimit + format.headerByteCount) }

    /// The largest encoded event in bytes.
    package var longestRecord: Int { largestDataSize - format.headerByteCount }

    /// The largest packet of any kind in bytes.
    public var largestPacketSize: Int { max(maximumPacketSize, largestDataSize) }

    /// The table of an empty catalog, and the two metrics that stand for events and service checks.
    private static let emptyCatalog = 4096 + 2 * metricMemory(nameLength: 16)
    /// Accounting, schedules, and the breaker's list of changes.
    private static let pipelineItself = 8192

    /// The most bytes that a client takes for one metric whose name, tags and fields have this many bytes together.
    ///
    /// A metric has up to two rows of 48 bytes (its own, and its tags in the sender's order), the key's bytes in each, places in
    /// tables, and its counts. A growing array holds twice its contents. While it grows once more, it also holds its former
    /// contents. That makes three times.
    public static func metricMemory(nameLength: Int) -> Int { 3 * (2 * (nameLength + 48) + 4 + 2 * 8 + 1 + 24) }

    /// Bytes to reserve for one more way to write a known metric. The metric's price already includes the first further way of
    /// the same length.
    package static func aliasMemory(of metric: MetricID, in catalog: borrowing MetricCatalog, nameLength: Int) -> Int {
        let whole = metricMemory(nameLength: nameLength)
        if catalog.hasAlias(metric) { return whole }
        let key = catalog.key(of: metric)
        return max(0, whole - metricMemory(nameLength: key.name.count + key.tags.count + key.extra.count))
    }

    /// The most bytes that a client with this configuration takes, with this many metrics whose names and tags have this length.
    public func memoryBudget(metrics: Int = 1000, nameLength: Int = 48) -> Int {
        let late = memoryLimit == nil || largestDataSize == maximumDataSize ? 0 : largestDataSize
        let whole = fixedMemory + late + min(metrics, metricLimit) * Self.metricMemory(nameLength: nameLength)
        return min(whole, memoryLimit ?? whole)
    }

    /// The budget as a sentence: "this client will use 1.8 MB with 1000 metrics".
    public func memoryDescription(metrics: Int = 1000, nameLength: Int = 48) -> String {
        let tenths = (memoryBudget(metrics: metrics, nameLength: nameLength) + 50_000) / 100_000
        let limit = memoryLimit.map { ", never more than \($0) bytes" } ?? ""
        return "this client will use \(tenths / 10).\(tenths % 10) MB with \(metrics) metrics\(limit)"
    }
}
