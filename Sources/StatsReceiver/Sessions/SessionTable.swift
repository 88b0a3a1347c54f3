import StatsModel
import StatsWire

/// The sessions of a receiver: open ones by (source, session), recently closed ones in a ring, and the totals of older ones.
///
/// Bounded by ``ReceiverConfiguration``. Finding an open session is one dictionary look-up, or none for the session of the last
/// packet. Opening and closing one is O(open sessions). The dictionary's order never reaches a result.
struct SessionTable: Sendable {
    private struct Key: Hashable {
        let source: SourceID
        let session: UInt64
    }

    private let configuration: ReceiverConfiguration
    private var open: [Session] = []
    private var index: [Key: Int] = [:]
    /// For each open session, the next time at which it changes without a packet, and the time of its next acknowledgement.
    private var deadlines = DeadlineList()
    private var answers = DeadlineList()
    private var lastFound: (key: Key, position: Int)?
    private var ticks: UInt64 = 0
    private var ordinals: UInt64 = 0
    /// A ring once it is full. `closedHead` is then the index of the oldest.
    private var closed: [(ordinal: UInt64, summary: SessionSummary)] = []
    private var closedHead = 0
    private(set) var older = SessionTotals()
    /// The number of rows of running totals that may still be created, and the events that running totals of closed sessions
    /// recovered.
    private var runningTotalRoom: Int
    private var recoveredBefore: RecoveredTotals

    init(configuration: ReceiverConfiguration) {
        self.configuration = configuration
        runningTotalRoom = configuration.maximumRunningTotals
        recoveredBefore = RecoveredTotals(limit: configuration.maximumRunningTotals)
    }

    /// The earliest time at which an open session must be called. nil if there is none.
    var deadline: Instant? { deadlines.earliest }

    /// The earliest time at which an open session must be acknowledged. nil if there is none.
    var answerDeadline: Instant? { answers.earliest }

    /// The index of an open session. Valid until the next session is opened or closed.
    mutating func position(of session: UInt64, from source: SourceID) -> Int? {
        let key = Key(source: source, session: session)
        if let lastFound, lastFound.key == key { return lastFound.position }
        guard let position = index[key] else { return nil }
        lastFound = (key, position)
        return position
    }

    /// Opens a session that became known through `sequence`. `isFromReport` is true if a report named this number, and no data
    /// packet arrived.
    ///
    /// The new session replaces open sessions of the same source. If there is no room, the least recently active session is
    /// closed.
    mutating func open(
        _ session: UInt64, from source: SourceID, sequence: UInt64, isFromReport: Bool, at now: Instant,
        _ reports: inout LossReports
    ) -> Int {
        for other in open.indices where open[other].tracker.source == source && !open[other].isReplaced {
            open[other].isReplaced = true
            open[other].lastActive = max(open[other].lastActive, now)
            refreshDeadline(at: other)
        }
        if open.count >= configuration.maximumSessions { closeLeastRecentlyActive(&reports) }
        // A session that was closed before continues where it was. Which of its earlier numbers arrived is no longer known.
        let floor = floor(of: session, from: source)
        let isFromStart = floor == nil && configuration.listensFromStart && sequence <= configuration.maximumJump
        var base = isFromStart ? 1 : isFromReport ? sequence + 1 : sequence
        if let floor, base <= floor || base - floor <= configuration.maximumJump { base = floor + 1 }
        let tracker = SequenceTracker(
            source: source, session: session, base: base, floor: floor ?? 0, at: now, configuration: configuration)
        let key = Key(source: source, session: session)
        index[key] = open.count
        lastFound = (key, open.count)
        let answer = configuration.acknowledgement.map { AnswerSchedule($0) }
        open.append(Session(tracker: tracker, answer: answer, lastActive: now, ordinal: ordinals))
        if configuration.maximumRunningTotals > 0 {
            open[open.count - 1].runningTotals = RunningTotalAccount(
                isFromStart: isFromStart, limit: configuration.maximumRunningTotals, at: now)
        }
        deadlines.append()
        answers.append()
        ordinals += 1
        return open.count - 1
    }

    /// The highest number of the session when it was last closed. nil if it is not among the closed sessions.
    private func floor(of session: UInt64, from source: SourceID) -> UInt64? {
        var newest: (ordinal: UInt64, last: UInt64)?
        for (ordinal, summary) in closed where summary.session == session && summary.source == source {
            if newest.map({ $0.ordinal < ordinal }) ?? true { newest = (ordinal, summary.last) }
        }
        return newest?.last
    }

    /// Calls `body` to change one open session after a packet of it has arrived.
    mutating func recordActivity<Result>(at position: Int, _ now: Instant, _ body: (inout Session) -> Result) -> Result {
        ticks += 1
        open[position].tick = ticks
        open[position].lastActive = now
        let result = body(&open[position])
        refreshDeadline(at: position)
        return result
    }

    /// Calls `body` to change one open session's account of records.
    mutating func account(at position: Int, _ body: (inout RecordAccount) -> Void) { body(&open[position].account) }

    private mutating func refreshDeadline(at position: Int) {
        let due = open[position].due(gracePeriod: configuration.gracePeriod)
        deadlines.set(due.timeout, at: position)
        answers.set(due.answer, at: position)
    }

    /// The session that must be acknowledged first: the longest due one, and among equal ones the one that appeared first. nil if
    /// none is due. O(open sessions).
    func firstToAnswer(at now: Instant) -> Int? {
        guard let earliest = answers.earliest, earliest <= now else { return nil }
        return open.indices.filter { answers.isDue($0, at: now) }
            .min { (answers[$0], open[$0].ordinal) < (answers[$1], open[$1].ordinal) }
    }

    /// Calls `body` to acknowledge one open session.
    mutating func answer<Result>(at position: Int, _ body: (inout Session) -> Result) -> Result {
        let result = body(&open[position])
        answers.set(open[position].answer?.due, at: position)
        return result
    }

    /// Gives up holes that are too old, and closes replaced sessions that are silent. The earliest deadline comes first, and
    /// among equal ones the session that appeared first.
    mutating func handleTimeout(at now: Instant, _ reports: inout LossReports) {
        while let earliest = deadlines.earliest, earliest <= now {
            var due = 0
            for other in open.indices
            where (deadlines[other], open[other].ordinal) < (deadlines[due], open[due].ordinal) { due = other }
            open[due].tracker.expire(at: now, &reports)
            if open[due].isReplaced, open[due].lastActive + configuration.gracePeriod <= now {
                close(at: due, &reports)
            } else {
                refreshDeadline(at: due)
            }
        }
    }

    mutating func giveUpAll(_ reports: inout LossReports) {
        for position in open.indices.sorted(by: { open[$0].ordinal < open[$1].ordinal }) {
            open[position].tracker.giveUpAll(&reports)
            refreshDeadline(at: position)
        }
    }

    private mutating func closeLeastRecentlyActive(_ reports: inout LossReports) {
        guard let position = open.indices.min(by: { open[$0].tick < open[$1].tick }) else { return }
        close(at: position, &reports)
    }

    private mutating func close(at position: Int, _ reports: inout LossReports) {
        open[position].tracker.giveUpAll(&reports)
        let session = open[position]
        if let runningTotals = session.runningTotals {
            recoveredBefore.add(runningTotals, of: session.tracker)
            runningTotalRoom += runningTotals.rows.count
        }
        index[Key(source: session.tracker.source, session: session.tracker.session)] = nil
        lastFound = nil
        keep(session.summary, ordinal: session.ordinal)
        let last = open.count - 1
        if position != last {
            open.swapAt(position, last)
            index[Key(source: open[position].tracker.source, session: open[position].tracker.session)] = position
        }
        open.removeLast()
        deadlines.swapRemove(at: position)
        answers.swapRemove(at: position)
    }

    private mutating func keep(_ summary: SessionSummary, ordinal: UInt64) {
        if closed.count < configuration.maximumClosedSessions {
            closed.append((ordinal, summary))
        } else if closed.isEmpty {
            older.add(summary)
        } else {
            older.add(closed[closedHead].summary)
            closed[closedHead] = (ordinal, summary)
            closedHead = (closedHead + 1) % closed.count
        }
    }

    /// Takes up to ``EventDecoder/batchLimit`` events of the accepted data packet `packet`.
    mutating func recordArrived(_ events: Span<DecodedEvent>, _ bytes: Span<UInt8>, _ packet: UInt64, at position: Int) {
        open[position].runningTotals?.recordArrived(events, bytes, in: packet, room: &runningTotalRoom)
    }

    /// Takes the running totals after a report that the session has already taken.
    mutating func receiveRunningTotals(at position: Int, _ bytes: Span<UInt8>, _ header: PacketHeader, _ now: Instant) {
        open[position].receiveRunningTotals(bytes, header, room: &runningTotalRoom, configuration, at: now)
    }

    /// The recovered events of all sessions. Closed sessions come first, and later sessions come after earlier ones.
    private var recoveredTotals: RecoveredTotals {
        var account = recoveredBefore
        for session in open.sorted(by: { $0.ordinal < $1.ordinal }) {
            if let runningTotals = session.runningTotals { account.add(runningTotals, of: session.tracker) }
        }
        return account
    }

    var recoveredByTotals: [RecoveredMetric] { recoveredTotals.all }
    var recoveredBeside: TypeCounts { recoveredTotals.others }

    /// Open and closed sessions in the order of first appearance. O(n log n).
    var summaries: [SessionSummary] {
        let all = closed + open.map { (ordinal: $0.ordinal, summary: $0.summary) }
        return all.sorted { $0.ordinal < $1.ordinal }.map(\.summary)
    }
}
