import StatsModel
import StatsWire

/// The sessions a receiver knows: open ones by (source, session), closed ones in a ring, those before added up.
///
/// Bounded by ``ReceiverConfiguration``. Finding an open session is one dictionary look-up, none where it is the one
/// heard last; opening and closing one is O(open sessions). No order of the dictionary reaches anyone.
struct SessionTable: Sendable {
    private struct Key: Hashable {
        let source: SourceID
        let session: UInt64
    }

    private let configuration: ReceiverConfiguration
    private var open: [Session] = []
    private var index: [Key: Int] = [:]
    /// When time next changes something for each open session, and when each is to be answered.
    private var deadlines = DeadlineList()
    private var answers = DeadlineList()
    private var lastFound: (key: Key, position: Int)?
    private var ticks: UInt64 = 0
    private var ordinals: UInt64 = 0
    /// A ring once it is full; `closedHead` is then the oldest.
    private var closed: [(ordinal: UInt64, summary: SessionSummary)] = []
    private var closedHead = 0
    private(set) var older = SessionTotals()
    /// Rows of running totals that may still be made, and what those of closed sessions restored.
    private var statementRoom: Int
    private var restatedBefore: RestatedBook

    init(configuration: ReceiverConfiguration) {
        self.configuration = configuration
        statementRoom = configuration.maximumStatedMetrics
        restatedBefore = RestatedBook(limit: configuration.maximumStatedMetrics)
    }

    /// When the first of the open sessions wants to be called; nil: none ever.
    var deadline: Instant? { deadlines.earliest }

    /// When the first of the open sessions is to be answered; nil: none.
    var answerDeadline: Instant? { answers.earliest }

    /// Where the open session stands until the next one is opened or closed.
    mutating func position(of session: UInt64, from source: SourceID) -> Int? {
        let key = Key(source: source, session: session)
        if let lastFound, lastFound.key == key { return lastFound.position }
        guard let position = index[key] else { return nil }
        lastFound = (key, position)
        return position
    }

    /// Opens a session first heard through `sequence`; `isSpokenOf` where no data packet but a report named it.
    ///
    /// Open sessions of the same source are replaced by it. Where no place is left the least recently heard is closed.
    mutating func open(
        _ session: UInt64, from source: SourceID, sequence: UInt64, isSpokenOf: Bool, at now: Instant,
        _ reports: inout LossReports
    ) -> Int {
        for other in open.indices where open[other].tracker.source == source && !open[other].isReplaced {
            open[other].isReplaced = true
            open[other].lastHeard = max(open[other].lastHeard, now)
            refreshDeadline(at: other)
        }
        if open.count >= configuration.maximumSessions { closeLeastRecentlyHeard(&reports) }
        // A session heard before and closed goes on where it was; what of it came until then is no longer known.
        let floor = floor(of: session, from: source)
        let isFromStart = floor == nil && configuration.listensFromStart && sequence <= configuration.maximumJump
        var base = isFromStart ? 1 : isSpokenOf ? sequence + 1 : sequence
        if let floor, base <= floor || base - floor <= configuration.maximumJump { base = floor + 1 }
        let tracker = SequenceTracker(
            source: source, session: session, base: base, floor: floor ?? 0, at: now, configuration: configuration)
        let key = Key(source: source, session: session)
        index[key] = open.count
        lastFound = (key, open.count)
        let answer = configuration.acknowledgement.map { AnswerSchedule($0) }
        open.append(Session(tracker: tracker, answer: answer, lastHeard: now, ordinal: ordinals))
        if configuration.maximumStatedMetrics > 0 {
            open[open.count - 1].statements = StatementAccount(
                isFromStart: isFromStart, limit: configuration.maximumStatedMetrics, at: now)
        }
        deadlines.append()
        answers.append()
        ordinals += 1
        return open.count - 1
    }

    /// The highest number of the session when it was closed last; nil where it is not among those closed.
    private func floor(of session: UInt64, from source: SourceID) -> UInt64? {
        var newest: (ordinal: UInt64, last: UInt64)?
        for (ordinal, summary) in closed where summary.session == session && summary.source == source {
            if newest.map({ $0.ordinal < ordinal }) ?? true { newest = (ordinal, summary.last) }
        }
        return newest?.last
    }

    /// Lets `body` change one open session, which was heard now.
    mutating func hear<Result>(at position: Int, _ now: Instant, _ body: (inout Session) -> Result) -> Result {
        ticks += 1
        open[position].tick = ticks
        open[position].lastHeard = now
        let result = body(&open[position])
        refreshDeadline(at: position)
        return result
    }

    /// Lets `body` change one open session's account of records.
    mutating func account(at position: Int, _ body: (inout RecordAccount) -> Void) { body(&open[position].account) }

    private mutating func refreshDeadline(at position: Int) {
        deadlines.set(open[position].deadline(gracePeriod: configuration.gracePeriod), at: position)
        answers.set(open[position].answer?.due, at: position)
    }

    /// The session that is to be answered first, the longest due one's place among equal ones the one seen first; nil
    /// where none is due. O(open sessions).
    func firstToAnswer(at now: Instant) -> Int? {
        guard let earliest = answers.earliest, earliest <= now else { return nil }
        return open.indices.filter { answers.isDue($0, at: now) }
            .min { (answers[$0], open[$0].ordinal) < (answers[$1], open[$1].ordinal) }
    }

    /// Lets `body` answer one open session.
    mutating func answer<Result>(at position: Int, _ body: (inout Session) -> Result) -> Result {
        let result = body(&open[position])
        answers.set(open[position].answer?.due, at: position)
        return result
    }

    /// Gives up what is too old and closes replaced sessions that fell silent: the earliest deadline first, among equal
    /// ones the session seen first.
    mutating func handleTimeout(at now: Instant, _ reports: inout LossReports) {
        while let earliest = deadlines.earliest, earliest <= now {
            var due = 0
            for other in open.indices
            where (deadlines[other], open[other].ordinal) < (deadlines[due], open[due].ordinal) { due = other }
            open[due].tracker.expire(at: now, &reports)
            if open[due].isReplaced, open[due].lastHeard + configuration.gracePeriod <= now {
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

    private mutating func closeLeastRecentlyHeard(_ reports: inout LossReports) {
        guard let position = open.indices.min(by: { open[$0].tick < open[$1].tick }) else { return }
        close(at: position, &reports)
    }

    private mutating func close(at position: Int, _ reports: inout LossReports) {
        open[position].tracker.giveUpAll(&reports)
        let session = open[position]
        if let statements = session.statements {
            restatedBefore.add(statements, of: session.tracker)
            statementRoom += statements.rows.count
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

    /// A counter's or gauge's event in data packet `packet`, which was accepted.
    mutating func recordArrived(_ event: DecodedEvent, _ bytes: Span<UInt8>, _ packet: UInt64, at position: Int) {
        open[position].statements?.recordArrived(event, bytes, in: packet, room: &statementRoom)
    }

    /// Statements behind a report that the session has heard.
    mutating func hearStatements(at position: Int, _ bytes: Span<UInt8>, _ header: PacketHeader, _ now: Instant) {
        open[position].hearStatements(bytes, header, room: &statementRoom, configuration, at: now)
    }

    /// Of all sessions, closed ones first, the later of two after the other.
    private var restatedBook: RestatedBook {
        var book = restatedBefore
        for session in open.sorted(by: { $0.ordinal < $1.ordinal }) {
            if let statements = session.statements { book.add(statements, of: session.tracker) }
        }
        return book
    }

    var restated: [RestatedMetric] { restatedBook.all }
    var restatedBeside: TypeCounts { restatedBook.others }

    /// Open and closed sessions in the order of first sight. O(n log n).
    var summaries: [SessionSummary] {
        let all = closed + open.map { (ordinal: $0.ordinal, summary: $0.summary) }
        return all.sorted { $0.ordinal < $1.ordinal }.map(\.summary)
    }
}
