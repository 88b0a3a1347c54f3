import StatsModel
import StatsWire

/// The running totals of counters and gauges, and when they are told, so that what packets lost for good held of them is
/// known all the same (``ReliabilityConfiguration/runningTotalCapacity``).
///
/// Noting an event is a look into one table and a few additions. Metrics are told in rounds, each row that changed in or
/// behind a given packet once, in as many packets as it takes, and never while a data packet is open, so that what is
/// said is what was sealed. There is a reason for a round where
/// - the receiver lacks packets that are no longer kept: two rounds, one interval apart, from the first of them on;
/// - the receiver was never heard: every interval while data goes out, each change in two rounds;
/// - the client closes and there ever was such a reason: with the closing packets, everything since.
///
/// What did not change since is told three times at most, but that the first closing packet tells all.
///
/// So a receiver that answers, and gets what it asks for, costs nothing. Memory is allocated once. Without capacity
/// (``isOff``) no event may be recorded, and there is never anything to tell.
package struct RunningTotals: Sendable {
    private struct Row: Sendable {
        let metric: MetricID
        let isGauge: Bool
        /// A gauge that only changed by differences has no level to tell; a counter always has its sum.
        var isKnown: Bool
        var count: UInt64 = 0
        var value = 0.0
        /// The packet with the newest event, of a gauge that with the level.
        var latest: UInt64 = 0
        /// Of a gauge's level.
        var timestamp = Int64.min
        /// How often it was told since it last changed.
        var tellings: UInt8 = 0
    }

    /// Bytes of one row, and metrics of any type that are looked at for each one that may be told.
    private static let metricsPerRow = 4
    private static let unseen: UInt16 = 0
    private static let notStated: UInt16 = 0xFFFF
    private static let noRoom: UInt16 = 0xFFFE
    static let largestCapacity = 16_384
    /// How often what is lost for good is told while the session goes on, and what did not change in all.
    private static let rounds = 2
    private static let tellings: UInt8 = 3
    /// The first of the closing packets that are not answered says nothing more than those before.
    private static let patience = 3

    private let capacity: Int
    private let interval: Nanoseconds
    private let closingInterval: Nanoseconds
    private let closingRounds: Int
    /// Bytes of the longest running total that fits a packet.
    private let room: Int
    /// By metric: a row's number + 1, or one of the above.
    private var places: [UInt16]
    private var rows: [Row] = []
    /// The newest packet that holds an event of some row.
    private var newest: UInt64 = 0

    /// Reasons: packets from this number on were lost for good, and so many rounds are still to tell it.
    private var lostFrom: UInt64?
    private var roundsLeft = 0
    /// The same for all of the session.
    private(set) var everLostFrom: UInt64?
    private var isUnacknowledged = true
    /// Up to which packet the last round told, and the one before.
    private var reported: UInt64 = 0
    private var reportedBefore: UInt64 = 0
    private var isClosing = false
    /// Closing packets in a row that asked and were not answered, and those of them that told something.
    private var unanswered = 0
    private var probes = 0

    /// When the next round begins; and of the one under way the next row, and where it began.
    private var due: Instant?
    private var next: Int?
    private var roundFrom: UInt64 = 0
    /// Rows told so often are left out.
    private var roundLimit = tellings
    private var hasSentAll = false
    private(set) var counts = RunningTotalCounts()

    init(_ reliability: ReliabilityConfiguration, _ client: ClientConfiguration) {
        capacity = reliability.isStating ? reliability.runningTotalCapacity : 0
        interval = Nanoseconds(reliability.runningTotalInterval)
        closingInterval = max(Nanoseconds(client.closingInterval), .milliseconds(1))
        closingRounds = max(client.closingCopies, 1)
        room = PacketBuilder.runningTotalRoom(maximumSize: client.maximumPacketSize)
        places = Array(repeating: Self.unseen, count: capacity * Self.metricsPerRow)
        rows.reserveCapacity(capacity)
    }

    /// No totals are kept.
    var isOff: Bool {
        @inline(__always) get { capacity == 0 }
    }

    static func memory(capacity: Int) -> Int {
        capacity * (MemoryLayout<Row>.stride + metricsPerRow * MemoryLayout<UInt16>.stride)
    }

    // MARK: What is sealed

    /// Notes an event, or what stands for several, that joined packet `packet`. False where ``recordUnseen(_:of:in:)`` has
    /// to. O(1); allocates nothing.
    @inline(__always)
    mutating func record(_ event: StatEvent, in packet: UInt64) -> Bool {
        let index = event.metric.index
        guard index < places.count else { return false }
        let place = places[index]
        if place == Self.notStated { return true }
        guard place != Self.unseen, place != Self.noRoom else { return false }
        record(event, at: Int(place) - 1, in: packet)
        return true
    }

    @inline(__always)
    private mutating func record(_ event: StatEvent, at row: Int, in packet: UInt64) {
        rows[row].count &+= UInt64(event.count)
        if rows[row].isGauge { return recordLevel(event, at: row, in: packet) }
        rows[row].value += event.rate == 1 ? event.value : event.value / event.rate
        rows[row].latest = packet
        rows[row].tellings = 0
        newest = packet
    }

    private mutating func recordLevel(_ event: StatEvent, at row: Int, in packet: UInt64) {
        if event.flags.contains(.gaugeDelta) {
            guard rows[row].isKnown else { return }
            rows[row].value += event.value
            rows[row].timestamp = max(rows[row].timestamp, event.timestamp)
        } else {
            // As the receiver does: of two levels the one of the later time counts.
            guard event.timestamp >= rows[row].timestamp else { return }
            rows[row].isKnown = true
            rows[row].value = event.value
            rows[row].timestamp = event.timestamp
        }
        rows[row].latest = packet
        rows[row].tellings = 0
        newest = packet
    }

    /// The same for a metric that has no row yet. O(1); allocates nothing.
    @inline(never)
    mutating func recordUnseen(_ event: StatEvent, of metrics: MetricCatalog, in packet: UInt64) {
        let type = metrics.type(of: event.metric)
        guard type == .counter || type == .gauge else {
            if event.metric.index < places.count { places[event.metric.index] = Self.notStated }
            return
        }
        let bound = PacketBuilder.runningTotalBound(metrics.key(of: event.metric))
        guard event.metric.index < places.count, rows.count < capacity, let bound, bound <= room else {
            if event.metric.index < places.count { places[event.metric.index] = Self.noRoom }
            counts.unsentEvents += UInt64(event.count)
            return
        }
        let isGauge = type == .gauge
        rows.append(Row(metric: event.metric, isGauge: isGauge, isKnown: !isGauge))
        counts.metrics += 1
        places[event.metric.index] = UInt16(rows.count)
        record(event, at: rows.count - 1, in: packet)
    }

    // MARK: Reasons to tell

    /// Packet `packet` was sealed.
    @inline(__always)
    mutating func handleSealed(_ packet: UInt64, at now: Instant) {
        if isUnacknowledged, newest == packet, due == nil, !isClosing { due = now + interval }
    }

    /// The receiver answered: what it lacks from now on it will name.
    mutating func handleHeard() {
        unanswered = 0
        guard isUnacknowledged else { return }
        isUnacknowledged = false
        if lostFrom == nil, !isClosing { due = nil }
    }

    /// The receiver lacks packet `from`, maybe others behind it, and nobody keeps them.
    mutating func handleLost(from: UInt64, at now: Instant) {
        everLostFrom = min(everLostFrom ?? from, from)
        // What changed in no packet from there on lost nothing.
        guard hasRow(from: from) else { return }
        lostFrom = min(lostFrom ?? from, from)
        roundsLeft = isClosing ? closingRounds : Self.rounds
        // Not at once, since what is still on its way may make it needless; a client that closes has no time to wait.
        if due == nil { due = isClosing ? now : now + interval }
    }

    /// The receiver has, or can still be given, all that was taken for lost.
    @inline(__always)
    mutating func handleFound() {
        guard everLostFrom != nil else { return }
        everLostFrom = nil
        lostFrom = nil
        roundsLeft = 0
        due = nil
    }

    /// Rounds come with closing packets from now on.
    mutating func handleClose() {
        isClosing = true
        due = nil
        lostFrom = nil
        roundsLeft = 0
    }

    /// Nothing is told any more.
    mutating func giveUp() {
        handleClose()
        next = nil
        everLostFrom = nil
        isUnacknowledged = false
        newest = 0
    }

    // MARK: Rounds

    /// Whether nothing is due and nothing under way.
    var isQuiet: Bool {
        @inline(__always) get { due == nil && next == nil }
    }

    /// When ``poll(at:)`` next answers true; nil: never.
    var deadline: Instant? { next != nil ? .start : due }

    /// Whether a packet is to be filled now.
    mutating func poll(at now: Instant) -> Bool {
        if next != nil { return true }
        guard let due, now >= due else { return false }
        self.due = nil
        let unacknowledgedFrom = isUnacknowledged && !isClosing ? reportedBefore + 1 : UInt64.max
        begin(from: min(unacknowledgedFrom, lostFrom ?? .max))
        if lostFrom != nil {
            roundsLeft -= 1
            if roundsLeft == 0 { lostFrom = nil }
        }
        let nextFrom = isUnacknowledged && !isClosing && reportedBefore < reported ? reportedBefore + 1 : UInt64.max
        // Of the rows that the next round would tell, this one tells all.
        if row(0, from: min(nextFrom, lostFrom ?? .max), Self.tellings - 1) != nil {
            self.due = now + (isClosing ? closingInterval : interval)
        }
        return next != nil
    }

    /// A closing packet goes out now: whether running totals go with it.
    mutating func pollClosing() -> Bool {
        guard let from = isUnacknowledged ? 1 : everLostFrom else { return false }
        begin(from: from, limit: hasSentAll ? Self.tellings : .max)
        hasSentAll = true
        return next != nil
    }

    /// A closing packet goes out since nobody answered the others. `floor`: all up to it is settled.
    mutating func pollProbe(floor: UInt64) -> Bool {
        // A receiver that is only slow asks for what it lacks itself; one that is gone is not talked to for ever.
        unanswered += 1
        guard unanswered >= Self.patience, probes < closingRounds else { return false }
        probes += 1
        begin(from: min(isUnacknowledged ? 1 : floor + 1, everLostFrom ?? .max))
        return next != nil
    }

    private mutating func begin(from: UInt64, limit: UInt8 = tellings) {
        roundFrom = from
        roundLimit = limit
        reportedBefore = reported
        reported = newest
        next = row(0, from: from, limit)
    }

    /// The next row, from `start` on, that changed in packet `from` or behind it and was not told so often since. O(rows).
    private func row(_ start: Int, from: UInt64, _ limit: UInt8) -> Int? {
        if from > newest { return nil }
        var row = start
        while row < rows.count {
            if rows[row].isKnown, rows[row].latest >= from, rows[row].tellings < limit { return row }
            row += 1
        }
        return nil
    }

    /// Whether a round from there would tell anything. O(rows).
    private func hasRow(from: UInt64) -> Bool { row(0, from: from, Self.tellings) != nil }

    /// Fills a packet that was begun with as many running totals as it has room for. O(rows).
    mutating func fill(_ builder: inout PacketBuilder, from metrics: MetricCatalog, sequence: UInt64) {
        while let row = next {
            let key = metrics.key(of: rows[row].metric)
            let runningTotal = RunningTotal(
                type: key.type, name: key.name, tags: key.tags, extra: key.extra, value: rows[row].value,
                count: min(rows[row].count, RunningTotal.largestCount), latest: rows[row].latest)
            if !metrics.withArena({ builder.append(runningTotal, keys: $0, sequence: sequence) }) { break }
            counts.runningTotals += 1
            rows[row].tellings = min(rows[row].tellings, .max - 2) + 1
            next = self.row(row + 1, from: roundFrom, roundLimit)
        }
    }

    /// - Parameter byteCount: what the packet has more than would have been sent without
    mutating func recordSent(byteCount: Int) {
        counts.packets += 1
        counts.byteCount += UInt64(byteCount)
    }
}
