import StatsModel
import StatsWire

/// The events that running totals recover in one session. For each counter and gauge, it compares the sender's running total
/// (``RunningTotal``) with the events that arrived.
///
/// A running total in a packet with sequence S counts all events in the data packets up to S. For these packets,
/// `recovered = total - received`. If one of these packets still arrives, its events are taken out of the recovered ones.
/// Delivered and recovered events together thus always equal the running total, and no event counts twice. The recovered part is
/// *settled* once every number up to the metric's newest packet has arrived or was given up. After that, only a packet that
/// arrives although it was given up changes it.
///
/// - A running total is used if it is newer than the one before, and if no event of the metric arrived earlier from a packet
///   beyond S. Such an event would count as received although the running total does not cover it. The account then waits for the
///   next running total.
/// - A running total is contradicted, and changes nothing, in these cases: it is lower than an earlier one or than the events
///   that arrived; it is higher although nothing is missing; or an event of the counter arrived in a later packet up to S than
///   the newest packet that the running total names.
/// - If the receiver missed the start of the session, each metric has a base: the first running total after the session has been
///   known for the reorder limit. Events that the receiver may have received before a restart are thus not recovered again.
///   Events that were lost before the base stay lost.
/// - For a gauge, one event is recovered for each level of a running total, if neither the packet with this level nor a later one
///   had arrived.
///
/// Memory: bounded by the rows that the caller admits, and ``claimLimit``.
struct RunningTotalAccount: Sendable {
    struct Row: Sendable, BitwiseCopyable {
        let isGauge: Bool
        /// Only packets above this number count. nil if there is no base yet.
        var base: UInt64?
        var baseCount: UInt64 = 0
        var baseValue = 0.0
        /// The running total in use: the last packet that it covers, its count and its value.
        var through: UInt64 = 0
        var totalCount: UInt64 = 0
        var totalValue = 0.0
        /// The packet with the newest event, according to the running total.
        var latest: UInt64 = 0
        /// Events that arrived in packets above the base, and those among them in packets above `through`.
        var count: UInt64 = 0
        var value = 0.0
        var beyondCount: UInt64 = 0
        var beyondValue = 0.0
        /// The highest packet with an event of the metric that arrived.
        var highest: UInt64 = 0
        /// For a gauge: the number of recovered levels, and the packet of the newest one.
        var levels: UInt64 = 0
        var claimed: UInt64 = 0

        var hasRunningTotal: Bool { through > 0 && base != nil }

        var recoveredCount: UInt64 {
            if isGauge { return levels }
            guard hasRunningTotal else { return 0 }
            let (total, received) = (totalCount - baseCount, count - beyondCount)
            return total > received ? total - received : 0
        }

        /// For a counter: the recovered sum. 0 if no event is recovered, whatever the rounding error is.
        var recoveredValue: Double {
            if isGauge || recoveredCount == 0 { return 0 }
            return (totalValue - baseValue) - (value - beyondValue)
        }

        /// For a gauge: the level in the running total, if no later level arrived.
        var level: Double? { isGauge && through > 0 && highest <= through ? totalValue : nil }
    }

    /// A recovered level. It is taken back if its packet arrives after all.
    private struct Claim: Sendable {
        let row: Int32
        let packet: UInt64
    }

    /// The largest number of recovered levels whose packet may still arrive.
    static let claimLimit = 4096

    private(set) var catalog: MetricCatalog
    private(set) var rows: [Row] = []
    private var claims: [Claim] = []
    private var isFromStart: Bool
    private var firstReceived: Instant
    /// Whether a metric found no room. From then on no new metric gets room, because its earlier events are not known.
    private var isFull = false
    private(set) var counts = RunningTotalAccountCounts()

    init(isFromStart: Bool, limit: Int, at now: Instant) {
        self.isFromStart = isFromStart
        firstReceived = now
        catalog = MetricCatalog(limit: limit, byteLimit: limit * 1024)
    }

    /// Begins again, because the sender's numbering began again. Earlier running totals and packets cannot be compared with later
    /// ones.
    mutating func restart(at now: Instant) {
        for index in rows.indices { rows[index] = Row(isGauge: rows[index].isGauge) }
        claims = []
        isFromStart = false
        firstReceived = now
    }

    private mutating func row(
        at place: UInt32, _ type: MetricType, _ bytes: Span<UInt8>, _ name: ByteRange, _ tags: ByteRange, _ extra: ByteRange,
        _ room: inout Int
    ) -> Int? {
        if isFull || room == 0 {
            guard let known = catalog.knownAsWritten(type, bytes, name: name, tags: tags, extra: extra)
                ?? catalog.known(type, bytes, name: name, tags: tags, extra: extra)
            else {
                isFull = true
                return nil
            }
            return known.index
        }
        guard let metric = catalog.intern(at: place, type, bytes, name, tags, extra)?.metric else {
            isFull = true
            return nil
        }
        if metric.index == rows.count {
            rows.append(Row(isGauge: type == .gauge, base: isFromStart ? 0 : nil))
            room -= 1
        }
        return metric.index
    }

    // MARK: Arrived events

    /// Takes up to ``EventDecoder/batchLimit`` events of the accepted data packet `packet`. Only counters and gauges count.
    /// O(bytes of the keys).
    ///
    /// - Parameter room: the number of rows that may still be created, over all sessions
    mutating func recordArrived(_ events: Span<DecodedEvent>, _ bytes: Span<UInt8>, in packet: UInt64, room: inout Int) {
        guard catalog.isLarge, events.count > 1 else {
            for index in 0..<events.count {
                let event = events[index]
                guard Self.counts(event.type) else { continue }
                let place = catalog.place(event.type, bytes, event.name, event.tags, event.extra)
                if let row = row(of: event, at: place, bytes, &room) { recordArrived(event, of: row, in: packet) }
            }
            return
        }
        // Each step handles all events, so that memory fetches the data of the next step for all of them at once.
        var places = MetricCatalog.Places(repeating: 0)
        for index in 0..<events.count where Self.counts(events[index].type) {
            let event = events[index]
            places[index] = catalog.place(event.type, bytes, event.name, event.tags, event.extra)
        }
        catalog.prefetch(places, count: events.count)
        var found = Prefetch.Rows(repeating: -1)
        for index in 0..<events.count {
            if let row = row(of: events[index], at: places[index], bytes, &room) { found[index] = Int32(row) }
        }
        unsafe Prefetch.rows(found, count: events.count, of: rows.span.bytes, stride: MemoryLayout<Row>.stride)
        for index in 0..<events.count {
            if found[index] >= 0 { recordArrived(events[index], of: Int(found[index]), in: packet) }
        }
    }

    /// Whether events of this type count in running totals.
    private static func counts(_ type: MetricType) -> Bool { type == .counter || type == .gauge }

    /// The row of an event's metric. nil if its type has no rows, or if there is no room for a new one.
    private mutating func row(of event: DecodedEvent, at place: UInt32, _ bytes: Span<UInt8>, _ room: inout Int) -> Int? {
        guard Self.counts(event.type) else { return nil }
        return row(at: place, event.type, bytes, event.name, event.tags, event.extra, &room)
    }

    private mutating func recordArrived(_ event: DecodedEvent, of index: Int, in packet: UInt64) {
        if rows[index].isGauge, rows[index].levels > 0, packet <= rows[index].claimed { takeBack(index, packet) }
        rows[index].highest = max(rows[index].highest, packet)
        guard let base = rows[index].base, packet > base else { return }
        let value = event.rate == 1 ? event.value : event.value / event.rate
        rows[index].count &+= UInt64(event.count)
        rows[index].value += value
        guard packet > rows[index].through else { return }
        rows[index].beyondCount &+= UInt64(event.count)
        rows[index].beyondValue += value
    }

    private mutating func takeBack(_ row: Int, _ packet: UInt64) {
        guard let place = claims.firstIndex(where: { $0.row == Int32(row) && $0.packet == packet }) else { return }
        claims.remove(at: place)
        rows[row].levels -= 1
    }

    // MARK: Running totals

    /// Takes the running totals of a verified report with a credible number. O(bytes).
    mutating func receive(
        _ bytes: Span<UInt8>, _ header: PacketHeader, _ tracker: SequenceTracker, room: inout Int,
        configuration: ReceiverConfiguration, at now: Instant
    ) {
        var reader = RunningTotalReader(bytes, header: header)
        while true {
            switch reader.next(bytes) {
            case .end: return
            case .malformed: counts.malformed += 1
            case .runningTotal(let total):
                counts.received += 1
                let place = catalog.place(total.type, bytes, total.name, total.tags, total.extra)
                guard let index = row(at: place, total.type, bytes, total.name, total.tags, total.extra, &room) else {
                    counts.unplaced += 1
                    continue
                }
                receive(total, of: index, through: header.sequence, tracker, configuration, at: now)
            }
        }
    }

    private mutating func receive(
        _ total: RunningTotal, of index: Int, through: UInt64, _ tracker: SequenceTracker,
        _ configuration: ReceiverConfiguration, at now: Instant
    ) {
        let row = rows[index]
        if through <= row.through {
            counts.stale += 1
        } else if row.highest > through {
            counts.overtaken += 1
        } else if total.count < row.totalCount || (!row.isGauge && row.highest > total.latest) {
            counts.contradicted += 1
        } else if row.base == nil {
            setBase(total, of: index, through: through, tracker, configuration, at: now)
        } else if isBelievable(total, row, tracker) {
            adopt(total, of: index, through: through)
            if row.isGauge { claim(total.latest, of: index, below: tracker.lowestKnown) }
        } else {
            counts.contradicted += 1
        }
    }

    private func isBelievable(_ total: RunningTotal, _ row: Row, _ tracker: SequenceTracker) -> Bool {
        guard total.count >= row.baseCount, total.count - row.baseCount >= row.count else { return false }
        // If no packet is missing, all events have arrived.
        return tracker.lost + tracker.pending > 0 || total.count - row.baseCount == row.count
    }

    private mutating func setBase(
        _ total: RunningTotal, of index: Int, through: UInt64, _ tracker: SequenceTracker,
        _ configuration: ReceiverConfiguration, at now: Instant
    ) {
        guard firstReceived + configuration.reorderLimit <= now, through + 1 >= tracker.base else {
            counts.overtaken += 1
            return
        }
        rows[index].base = through
        rows[index].baseCount = total.count
        rows[index].baseValue = total.value
        adopt(total, of: index, through: through)
    }

    private mutating func adopt(_ total: RunningTotal, of index: Int, through: UInt64) {
        rows[index].through = through
        rows[index].totalCount = total.count
        rows[index].totalValue = total.value
        rows[index].latest = total.latest
        rows[index].beyondCount = 0
        rows[index].beyondValue = 0
    }

    /// Recovers the level of packet `packet`, if neither this packet nor a later one arrived, and if it was not recovered before.
    private mutating func claim(_ packet: UInt64, of row: Int, below: UInt64) {
        guard packet > rows[row].highest, packet > rows[row].claimed, packet > rows[row].base ?? .max else { return }
        if claims.count >= Self.claimLimit {
            // Packets behind the window never arrive any more.
            claims.removeAll { $0.packet < below }
        }
        guard claims.count < Self.claimLimit else {
            counts.unplaced += 1
            return
        }
        claims.append(Claim(row: Int32(row), packet: packet))
        rows[row].claimed = packet
        rows[row].levels += 1
    }

    /// Recovered events by type.
    var recoveredByTotals: TypeCounts {
        var sums = TypeCounts()
        for row in rows { sums[row.isGauge ? .gauge : .counter] &+= row.recoveredCount }
        return sums
    }
}
