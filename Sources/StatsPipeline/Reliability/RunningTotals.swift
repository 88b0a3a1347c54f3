import StatsModel
import StatsWire

/// The running totals of counters and gauges, and the times at which they are sent. From a total that arrives, the receiver
/// recovers the metric's events in packets that were lost for good (``ReliabilityConfiguration/runningTotalCapacity``).
///
/// Recording an event takes one table look-up and a few additions. Totals are sent in rounds. A round sends each row that
/// changed in a given packet or later, once, in as many packets as necessary. No totals are sent while a data packet is open,
/// so that they cover exactly the sealed packets. Each of these reasons leads to rounds:
/// - The receiver misses packets that are no longer kept. There are two rounds, one interval apart, with every row that changed
///   since the first of these packets.
/// - The receiver has never answered. There is a round after each interval in which data was sent, and each change is in two
///   rounds.
/// - The client closes while one of these reasons holds. The closing packets carry every row that changed since then.
///
/// A total that did not change is sent three times at most, except that the first closing packet carries all.
///
/// A receiver that answers, and gets the packets that it requests, therefore costs nothing. Memory is allocated once. Without
/// capacity (``isOff``) no event may be recorded, and there is nothing to send.
package struct RunningTotals: Sendable {
    private struct Row: Sendable {
        let metric: MetricID
        let isGauge: Bool
        /// Whether the value is known. A gauge that was only changed by differences has no known level. A counter's sum is
        /// always known.
        var isKnown: Bool
        var count: UInt64 = 0
        var value = 0.0
        /// The packet with the newest event; for a gauge, the packet with the newest event that changed the level.
        var latest: UInt64 = 0
        /// The time of a gauge's level, in nanoseconds since 1970.
        var timestamp = Int64.min
        /// How often the total was sent since it last changed.
        var tellings: UInt8 = 0
    }

    /// The number of table entries for each row. There are more entries than rows, since metrics of all types have one.
    private static let metricsPerRow = 4
    /// The entry of a metric without an event so far.
    private static let unseen: UInt16 = 0
    /// The entry of a metric whose type has no running total.
    private static let notStated: UInt16 = 0xFFFF
    /// The entry of a counter or gauge for whose total there is no room.
    private static let noRoom: UInt16 = 0xFFFE
    static let largestCapacity = 16_384
    /// The number of rounds for packets that were lost for good, while the session is open.
    private static let rounds = 2
    /// The number of times that an unchanged total is sent.
    private static let tellings: UInt8 = 3
    /// A closing packet that requests an acknowledgement carries totals only if it is at least the third such packet in a row
    /// without an answer.
    private static let patience = 3

    private let capacity: Int
    private let interval: Nanoseconds
    private let closingInterval: Nanoseconds
    private let closingRounds: Int
    /// Bytes of the longest running total that fits into a packet.
    private let room: Int
    /// By metric: a row's number + 1, or one of the three entries above.
    private var places: [UInt16]
    private var rows: [Row] = []
    /// The newest packet with an event of any row.
    private var newest: UInt64 = 0

    /// The first packet that was lost for good, while rounds for it are left to send. nil if there are none.
    private var lostFrom: UInt64?
    /// The number of these rounds.
    private var roundsLeft = 0
    /// The first packet in the whole session that was lost for good. nil if there is none.
    private(set) var everLostFrom: UInt64?
    /// Whether the receiver has never answered.
    private var isUnacknowledged = true
    /// The newest packet that the last round covered.
    private var reported: UInt64 = 0
    /// The newest packet that the round before it covered.
    private var reportedBefore: UInt64 = 0
    private var isClosing = false
    /// Closing packets in a row that requested an acknowledgement and got none.
    private var unanswered = 0
    /// Closing packets of this kind that could carry totals.
    private var probes = 0

    /// The time of the next round. nil if there is none.
    private var due: Instant?
    /// The next row of the round under way. nil if no round is under way.
    private var next: Int?
    /// The first packet that the round under way covers.
    private var roundFrom: UInt64 = 0
    /// Rows that were sent this often are left out of the round.
    private var roundLimit = tellings
    /// Whether a closing packet has begun a round with all rows.
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

    /// Whether no totals are kept.
    var isOff: Bool {
        @inline(__always) get { capacity == 0 }
    }

    static func memory(capacity: Int) -> Int {
        capacity * (MemoryLayout<Row>.stride + metricsPerRow * MemoryLayout<UInt16>.stride)
    }

    // MARK: Recording

    /// Records an event, or a record that stands for several events, that joined packet `packet`. Returns false if
    /// ``recordUnseen(_:of:in:)`` must be called. O(1); allocates nothing.
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
            // As in the receiver, the level with the later time counts.
            guard event.timestamp >= rows[row].timestamp else { return }
            rows[row].isKnown = true
            rows[row].value = event.value
            rows[row].timestamp = event.timestamp
        }
        rows[row].latest = packet
        rows[row].tellings = 0
        newest = packet
    }

    /// The same for a metric without a row. It gets one if there is room. O(1); allocates nothing.
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

    // MARK: Reasons to send totals

    /// Handles that packet `packet` was sealed. A round is scheduled if the receiver has never answered.
    @inline(__always)
    mutating func handleSealed(_ packet: UInt64, at now: Instant) {
        if isUnacknowledged, newest == packet, due == nil, !isClosing { due = now + interval }
    }

    /// Handles an acknowledgement. From now on the receiver names the packets that it misses.
    mutating func handleHeard() {
        unanswered = 0
        guard isUnacknowledged else { return }
        isUnacknowledged = false
        if lostFrom == nil, !isClosing { due = nil }
    }

    /// Handles that the receiver misses packet `from`, and perhaps later ones, which are no longer kept.
    mutating func handleLost(from: UInt64, at now: Instant) {
        everLostFrom = min(everLostFrom ?? from, from)
        // Without a row to send, no round is needed.
        guard hasRow(from: from) else { return }
        lostFrom = min(lostFrom ?? from, from)
        roundsLeft = isClosing ? closingRounds : Self.rounds
        // The round waits, since packets that are still in flight may make it needless. A closing client has no time to wait.
        if due == nil { due = isClosing ? now : now + interval }
    }

    /// Handles that the receiver has, or can still be sent, all packets that were taken for lost.
    @inline(__always)
    mutating func handleFound() {
        guard everLostFrom != nil else { return }
        everLostFrom = nil
        lostFrom = nil
        roundsLeft = 0
        due = nil
    }

    /// Ends the rounds of the open session. From now on closing packets carry the totals.
    mutating func handleClose() {
        isClosing = true
        due = nil
        lostFrom = nil
        roundsLeft = 0
    }

    /// Sends no totals from now on.
    mutating func giveUp() {
        handleClose()
        next = nil
        everLostFrom = nil
        isUnacknowledged = false
        newest = 0
    }

    // MARK: Rounds

    /// Whether no round is scheduled or under way.
    var isQuiet: Bool {
        @inline(__always) get { due == nil && next == nil }
    }

    /// The time at which ``poll(at:)`` must be called. nil if there is none.
    var deadline: Instant? { next != nil ? .start : due }

    /// Returns whether a packet with totals is to be sent now.
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
        // This round sends all rows that the next round would send. The next round therefore needs a row that may be sent at
        // least twice more.
        if row(0, from: min(nextFrom, lostFrom ?? .max), Self.tellings - 1) != nil {
            self.due = now + (isClosing ? closingInterval : interval)
        }
        return next != nil
    }

    /// Begins a round for a closing packet. Returns whether the packet carries running totals.
    mutating func pollClosing() -> Bool {
        guard let from = isUnacknowledged ? 1 : everLostFrom else { return false }
        begin(from: from, limit: hasSentAll ? Self.tellings : .max)
        hasSentAll = true
        return next != nil
    }

    /// Begins a round for a closing packet that requests an acknowledgement, because the earlier ones were not answered.
    /// Returns whether the packet carries running totals.
    ///
    /// - Parameter floor: every number up to it has arrived or is no longer requested
    mutating func pollProbe(floor: UInt64) -> Bool {
        // A receiver that is only slow will request the missing packets itself. For one that is gone, the number of these
        // rounds is limited.
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

    /// The next row, from `start` on, that changed in packet `from` or later and was sent less than `limit` times since. nil if
    /// there is none. O(rows).
    private func row(_ start: Int, from: UInt64, _ limit: UInt8) -> Int? {
        if from > newest { return nil }
        var row = start
        while row < rows.count {
            if rows[row].isKnown, rows[row].latest >= from, rows[row].tellings < limit { return row }
            row += 1
        }
        return nil
    }

    /// Whether a round from this packet on would send anything. O(rows).
    private func hasRow(from: UInt64) -> Bool { row(0, from: from, Self.tellings) != nil }

    /// Adds as many running totals of the round to a packet under construction as fit. O(rows).
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

    /// - Parameter byteCount: the bytes that would not have been sent without running totals
    mutating func recordSent(byteCount: Int) {
        counts.packets += 1
        counts.byteCount += UInt64(byteCount)
    }
}
