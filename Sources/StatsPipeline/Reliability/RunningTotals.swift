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
    struct Row: Sendable {
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
        var sendings: UInt8 = 0
    }

    /// The number of table entries for each row. There are more entries than rows, since metrics of all types have one.
    private static let metricsPerRow = 4
    /// The entry of a metric without an event so far.
    private static let unseen: UInt16 = 0
    private static let withoutTotal: UInt16 = 0xFFFF
    /// The entry of a counter or gauge for whose total there is no room.
    private static let noRoom: UInt16 = 0xFFFE
    static let largestCapacity = 16_384
    /// The number of rounds for packets that were lost for good, while the session is open.
    private static let rounds = 2
    static let sendingLimit: UInt8 = 3
    /// After this many closing packets without an answer, running totals are sent again.
    static let unansweredLimit = 3

    private let capacity: Int
    let interval: Nanoseconds
    let closingInterval: Nanoseconds
    let closingRounds: Int
    /// Bytes of the longest running total that fits into a packet.
    private let room: Int
    /// By metric: a row's number + 1, or one of the three entries above.
    private var places: [UInt16]
    var rows: [Row] = []
    /// The newest packet with an event of any row.
    var newest: UInt64 = 0

    /// A reason for rounds: packets from this number on were lost for good. The number of rounds that are left for it.
    var lostFrom: UInt64?
    var roundsLeft = 0
    /// The lowest number that was lost for good in the whole session.
    var everLostFrom: UInt64?
    var isUnacknowledged = true
    /// The last packets that the last round and the round before covered.
    var reported: UInt64 = 0
    var reportedBefore: UInt64 = 0
    var isClosing = false
    /// Consecutive closing packets without an answer, and those among them that carried running totals.
    var unanswered = 0
    var probes = 0

    /// The time of the next round. For a round in progress, its next row and the packet from which it covers changes.
    var due: Instant?
    var next: Int?
    var roundFrom: UInt64 = 0
    /// The round leaves out rows that were already sent this often.
    var roundLimit = sendingLimit
    var hasSentAll = false
    var counts = RunningTotalCounts()

    init(_ reliability: ReliabilityConfiguration, _ client: ClientConfiguration) {
        capacity = reliability.sendsRunningTotals ? reliability.runningTotalCapacity : 0
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

    // MARK: Arrived events

    /// Records an event, or a record that stands for several events, that joined packet `packet`. Returns false if
    /// ``recordUnseen(_:of:in:)`` must be called. O(1); allocates nothing.
    @inline(__always)
    mutating func record(_ event: StatEvent, in packet: UInt64) -> Bool {
        let index = event.metric.index
        guard index < places.count else { return false }
        let place = places[index]
        if place == Self.withoutTotal { return true }
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
        rows[row].sendings = 0
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
        rows[row].sendings = 0
        newest = packet
    }

    /// The same for a metric without a row. It gets one if there is room. O(1); allocates nothing.
    @inline(never)
    mutating func recordUnseen(_ event: StatEvent, of metrics: MetricCatalog, in packet: UInt64) {
        let type = metrics.type(of: event.metric)
        guard type == .counter || type == .gauge else {
            if event.metric.index < places.count { places[event.metric.index] = Self.withoutTotal }
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
    mutating func handleAnswer() {
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
}
