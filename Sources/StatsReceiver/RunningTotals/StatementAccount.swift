import StatsModel
import StatsWire

/// What the running totals of one session restore: of each counter and gauge, what its sender says it sent (``MetricStatement``)
/// against what arrived of it.
///
/// A statement in a packet of sequence S counts everything in the data packets up to S. Of those, `restored = stated -
/// received`; a packet up to S that still comes takes its events out of what is restored, so that delivered and restored
/// together are what was stated at every moment, and nothing counts twice. Once every number up to the metric's newest packet
/// came or was given up, the restored part is *settled*: only a packet given up that comes after all still changes it.
///
/// - A statement counts if it is newer than the one before, and no event of the metric came from beyond S before it: of such
///   it cannot be told which of them it counts. The next one is waited for.
/// - It is no statement of this session where it says less than one before or than what arrived, more although nothing is
///   missing, or names a newest packet of a counter that a later one of the same numbers contradicts. It changes nothing.
/// - A session that this receiver did not hear from its start has a base for each metric, the first statement heard once the
///   reorder limit has passed since it was first heard, so that nothing that an earlier life may have received is claimed.
///   What was lost before the base stays lost.
/// - Of a gauge, one event for each level is restored that was stated while no packet with the level or a later one had come.
///
/// Memory: bounded by the rows the caller admits and ``claimLimit``.
struct StatementAccount: Sendable {
    struct Row: Sendable {
        let isGauge: Bool
        /// Packets above it count; nil: no base yet.
        var base: UInt64?
        var baseCount: UInt64 = 0
        var baseValue = 0.0
        /// The statement that counts: up to which packet, and what.
        var through: UInt64 = 0
        var statedCount: UInt64 = 0
        var statedValue = 0.0
        /// The packet that it says holds the newest event.
        var latest: UInt64 = 0
        /// What arrived in packets above the base, and of that in packets above `through`.
        var count: UInt64 = 0
        var value = 0.0
        var beyondCount: UInt64 = 0
        var beyondValue = 0.0
        /// The highest packet with an event of the metric that arrived.
        var highest: UInt64 = 0
        /// Of a gauge: levels restored, and the packet of the newest of those.
        var levels: UInt64 = 0
        var claimed: UInt64 = 0

        var hasStatement: Bool { through > 0 && base != nil }

        var restatedCount: UInt64 {
            if isGauge { return levels }
            guard hasStatement else { return 0 }
            let (stated, received) = (statedCount - baseCount, count - beyondCount)
            return stated > received ? stated - received : 0
        }

        /// Of a counter; 0 where nothing is restored, whatever rounding leaves.
        var restatedValue: Double {
            if isGauge || restatedCount == 0 { return 0 }
            return (statedValue - baseValue) - (value - beyondValue)
        }

        /// Of a gauge: the level as its sender states it, where nothing later arrived.
        var level: Double? { isGauge && through > 0 && highest <= through ? statedValue : nil }
    }

    /// A level that was restored, and is no more if its packet comes after all.
    private struct Claim: Sendable {
        let row: Int32
        let packet: UInt64
    }

    /// Levels restored whose packet may still come.
    static let claimLimit = 4096

    private(set) var catalog: MetricCatalog
    private(set) var rows: [Row] = []
    private var claims: [Claim] = []
    private var isFromStart: Bool
    private var firstHeard: Instant
    /// A metric found no room: from now on none does, since what arrived of it is not known.
    private var isFull = false
    private(set) var counts = StatementAccountCounts()

    init(isFromStart: Bool, limit: Int, at now: Instant) {
        self.isFromStart = isFromStart
        firstHeard = now
        catalog = MetricCatalog(limit: limit, byteLimit: limit * 1024)
    }

    /// The sender numbers anew: nothing of what was said or came before can be held against what follows.
    mutating func restart(at now: Instant) {
        for index in rows.indices { rows[index] = Row(isGauge: rows[index].isGauge) }
        claims = []
        isFromStart = false
        firstHeard = now
    }

    private mutating func row(
        _ type: MetricType, _ bytes: Span<UInt8>, _ name: ByteRange, _ tags: ByteRange, _ extra: ByteRange, _ room: inout Int
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
        guard let metric = catalog.intern(type, bytes, name: name, tags: tags, extra: extra) else {
            isFull = true
            return nil
        }
        if metric.index == rows.count {
            rows.append(Row(isGauge: type == .gauge, base: isFromStart ? 0 : nil))
            room -= 1
        }
        return metric.index
    }

    // MARK: What arrives

    /// An event of data packet `packet`, which was accepted. O(bytes of the key).
    ///
    /// - Parameter room: rows that may still be made, in all sessions
    mutating func recordArrived(_ event: DecodedEvent, _ bytes: Span<UInt8>, in packet: UInt64, room: inout Int) {
        guard event.type == .counter || event.type == .gauge else { return }
        guard let index = row(event.type, bytes, event.name, event.tags, event.extra, &room) else { return }
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

    // MARK: What is stated

    /// Takes the statements of a verified report whose number the session believes. O(bytes).
    mutating func hear(
        _ bytes: Span<UInt8>, _ header: PacketHeader, _ tracker: SequenceTracker, room: inout Int,
        configuration: ReceiverConfiguration, at now: Instant
    ) {
        var reader = StatementReader(bytes, header: header)
        while true {
            switch reader.next(bytes) {
            case .end: return
            case .malformed: counts.malformed += 1
            case .statement(let said):
                counts.heard += 1
                guard let index = row(said.type, bytes, said.name, said.tags, said.extra, &room) else {
                    counts.unplaced += 1
                    continue
                }
                hear(said, of: index, through: header.sequence, tracker, configuration, at: now)
            }
        }
    }

    private mutating func hear(
        _ said: MetricStatement, of index: Int, through: UInt64, _ tracker: SequenceTracker,
        _ configuration: ReceiverConfiguration, at now: Instant
    ) {
        let row = rows[index]
        if through <= row.through {
            counts.stale += 1
        } else if row.highest > through {
            counts.overtaken += 1
        } else if said.count < row.statedCount || (!row.isGauge && row.highest > said.latest) {
            counts.contradicted += 1
        } else if row.base == nil {
            setBase(said, of: index, through: through, tracker, configuration, at: now)
        } else if isBelievable(said, row, tracker) {
            adopt(said, of: index, through: through)
            if row.isGauge { claim(said.latest, of: index, below: tracker.lowestTold) }
        } else {
            counts.contradicted += 1
        }
    }

    private func isBelievable(_ said: MetricStatement, _ row: Row, _ tracker: SequenceTracker) -> Bool {
        guard said.count >= row.baseCount, said.count - row.baseCount >= row.count else { return false }
        // A session that lacks nothing has it all.
        return tracker.lost + tracker.pending > 0 || said.count - row.baseCount == row.count
    }

    private mutating func setBase(
        _ said: MetricStatement, of index: Int, through: UInt64, _ tracker: SequenceTracker,
        _ configuration: ReceiverConfiguration, at now: Instant
    ) {
        guard firstHeard + configuration.reorderLimit <= now, through + 1 >= tracker.base else {
            counts.overtaken += 1
            return
        }
        rows[index].base = through
        rows[index].baseCount = said.count
        rows[index].baseValue = said.value
        adopt(said, of: index, through: through)
    }

    private mutating func adopt(_ said: MetricStatement, of index: Int, through: UInt64) {
        rows[index].through = through
        rows[index].statedCount = said.count
        rows[index].statedValue = said.value
        rows[index].latest = said.latest
        rows[index].beyondCount = 0
        rows[index].beyondValue = 0
    }

    /// The level of packet `packet` is restored, if neither it nor a later one came, and not twice.
    private mutating func claim(_ packet: UInt64, of row: Int, below: UInt64) {
        guard packet > rows[row].highest, packet > rows[row].claimed, packet > rows[row].base ?? .max else { return }
        if claims.count >= Self.claimLimit {
            // What lies behind the window never comes any more.
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

    /// Events restored, by type.
    var restated: TypeCounts {
        var sums = TypeCounts()
        for row in rows { sums[row.isGauge ? .gauge : .counter] &+= row.restatedCount }
        return sums
    }
}
