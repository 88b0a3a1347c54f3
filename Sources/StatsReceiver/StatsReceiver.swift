package import StatsModel
import StatsWire

/// The receiving side as a machine: checksums, sessions, sequence gaps, duplicates, late packets.
///
/// It combines RFC 3550 appendix A.1 and A.3 (extended sequence numbers, restart), RFC 4303 section 3.4.3 and RFC 6479 (sliding
/// bitmap), RFC 7011 (records are counted, not only packets) and sFlow v5 (the sender reports its own drops).
///
/// - Only data packets take part in the sequence. Heartbeats and closing packets carry the highest data number
///   sent, S. Every number missing up to S is a hole, so loss at the tail is visible. If the first packet of a session is one of
///   them, it has the holes 1...S if the receiver listened from the start. Otherwise nothing is expected before S + 1, and a
///   later packet up to S is late and moves the beginning down. Parity and acknowledgement packets carry no number that was
///   sent, and open no session. A packet recovered from parity (``pollRebuilt(at:)``) is a data packet like any other, except
///   that its sender is not answered as if it had just arrived.
/// - A packet whose hole was given up while its number is still inside the window is accepted as late: its events count,
///   the number is no longer lost, and ``pollRecovered()`` takes back what ``pollLost()`` reported.
/// - What is too old is given up before a packet is looked at, so it makes no difference whether the driver called
///   ``handleTimeout(at:)`` in between. A clock that goes backwards stands still here.
package struct StatsReceiver: ~Copyable {
    package let configuration: ReceiverConfiguration
    var table: SessionTable
    private var reports: LossReports
    var now = Instant.start
    /// Recovers packets from parity. nil if parity packets are ignored.
    var parity: ParityDecoder?
    private var answer = AcknowledgementBuilder()
    private var numbering: AnswerNumbering
    /// Decodes the records of accepted packets.
    var decoder = EventDecoder()

    /// The records of the last accepted data packet, by type. All zero if the last datagram or the last polled packet was not
    /// accepted, or if records are not counted (``ReceiverConfiguration/countsRecords``).
    package internal(set) var held = TypeCounts()

    /// Datagrams with an invalid header or checksum.
    package private(set) var corrupt: UInt64 = 0
    /// Packets that belong to no open session and have an impossible number: above 2^62, or a data packet with number 0. They do
    /// not open a session.
    package private(set) var unassigned: UInt64 = 0

    /// Traps if a bound of the configuration makes no sense.
    ///
    /// - Parameter seed: the seed from which the epochs of acknowledgements are drawn (``AnswerNumber``). A run that has to be
    ///   repeatable passes its own.
    package init(
        configuration: ReceiverConfiguration = ReceiverConfiguration(), seed: UInt64 = .random(in: .min ... .max)
    ) {
        configuration.check()
        self.configuration = configuration
        numbering = AnswerNumbering(seed: seed)
        table = SessionTable(configuration: configuration)
        reports = LossReports(limit: configuration.maximumUnpolled)
        parity = configuration.parity.map { ParityDecoder(configuration: $0) }
    }

    /// Forgets all sessions and counts. From now on the receiver does not listen from the start of a session.
    mutating func forget() {
        numbering.beginEpoch()
        var later = configuration
        later.listensFromStart = false
        table = SessionTable(configuration: later)
        parity = later.parity.map { ParityDecoder(configuration: $0) }
        corrupt = 0
        unassigned = 0
    }

    /// Takes one datagram. An accepted one is decoded once, for the session's record account, its running totals, and the caller
    /// (``held``).
    ///
    /// O(bytes) for the checksum and the records. The rest is O(1), or O(window / 64) if the number jumps.
    package mutating func receive(_ bytes: Span<UInt8>, from source: SourceID, at time: Instant) -> ReceiveOutcome {
        now = max(now, time)
        held = TypeCounts()
        let header: PacketHeader
        do throws(PacketFault) {
            header = try PacketHeader(decoding: bytes)
        } catch {
            corrupt += 1
            return .corrupt(error)
        }
        switch header.kind {
        case .data:
            let outcome = receiveData(header, from: source)
            if case .accepted = outcome { recordHeld(bytes, header, from: source) }
            keepForParity(bytes, outcome, from: source)
            return outcome
        case .heartbeat, .closing:
            receiveReport(bytes, header, from: source)
        case .parity, .acknowledgement:
            if let position = table.position(of: header.session, from: source) { table.recordActivity(at: position, now) { _ in } }
            if header.kind == .parity { parity?.handleParity(bytes, header: header, from: source) }
        }
        return .control(header)
    }

    /// - Parameter isRebuilt: the packet did not arrive, but was recovered from parity
    mutating func receiveData(
        _ header: PacketHeader, from source: SourceID, isRebuilt: Bool = false
    ) -> ReceiveOutcome {
        guard let position = position(of: header, from: source, isFromReport: false) else { return .outOfRange(header) }
        let arrival = table.recordActivity(at: position, now) { session in
            session.receive(header, isRebuilt: isRebuilt, at: now, &reports)
        }
        switch arrival {
        case .inOrder: return .accepted(header, late: false)
        case .late: return .accepted(header, late: true)
        case .duplicate: return .duplicate(header)
        case .outOfRange: return .outOfRange(header)
        }
    }

    private mutating func receiveReport(_ bytes: Span<UInt8>, _ header: PacketHeader, from source: SourceID) {
        let report = TotalsReport(decoding: bytes, header: header)
        guard let position = position(of: header, from: source, isFromReport: true) else { return }
        table.recordActivity(at: position, now) { session in
            session.handleReport(header, at: now, &reports)
            if header.kind == .closing { session.isClosed = true }
            if let report { session.account.record(report, timestamp: header.timestamp) }
        }
        table.receiveRunningTotals(at: position, bytes, header, now)
    }

    /// The index of the packet's session, which is opened if necessary. nil if the number is no reason to open one.
    private mutating func position(of header: PacketHeader, from source: SourceID, isFromReport: Bool) -> Int? {
        if let position = table.position(of: header.session, from: source) { return position }
        // A sender that closes before it ever sent data names number 0.
        let isCredible = header.sequence <= SequenceTracker.maximumSequence && (header.sequence > 0 || isFromReport)
        guard isCredible else {
            unassigned += 1
            return nil
        }
        return table.open(
            header.session, from: source, sequence: header.sequence, isFromReport: isFromReport, at: now, &reports)
    }

    /// The next time at which a pending hole becomes lost, a replaced session is closed, or an acknowledgement is due. nil if
    /// there is none.
    package var nextDeadline: Instant? {
        mutating get {
            guard let answer = table.answerDeadline else { return table.deadline }
            return table.deadline.map { min($0, answer) } ?? answer
        }
    }

    package mutating func handleTimeout(at time: Instant) {
        now = max(now, time)
        table.handleTimeout(at: now, &reports)
    }

    /// The next acknowledgement that is due. ``withAcknowledgement(_:)`` gives its bytes until the next poll. nil if none is due.
    /// The caller sends it to the address from which the session's packets come.
    ///
    /// O(open sessions + window / 64).
    package mutating func pollAcknowledgement(at time: Instant) -> OutgoingAcknowledgement? {
        now = max(now, time)
        guard let position = table.firstToAnswer(at: now) else { return nil }
        let number = numbering.next()
        return table.answer(at: position) { session in
            let byteCount = session.writeAnswer(to: &answer, number: number, at: now)
            return OutgoingAcknowledgement(
                source: session.tracker.source, session: session.tracker.session, byteCount: byteCount)
        }
    }

    /// The bytes of the acknowledgement that was polled last.
    package borrowing func withAcknowledgement<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try answer.withBytes(body)
    }

    /// The next range of numbers that were given up, in this order. Adjacent numbers are joined. The queue is bounded: poll after
    /// each call.
    package mutating func pollLost() -> LostRange? { reports.pollLost() }

    /// The next range of numbers that arrived after ``pollLost()`` had reported them. Poll that function first.
    package mutating func pollRecovered() -> LostRange? { reports.pollRecovered() }

    /// The count of numbers that were given up or recovered but not reported, because the caller did not poll in time.
    package var unreported: UInt64 { reports.unreported }

    /// Ends the reception: every pending hole is lost. Packets that still arrive are handled as before.
    package mutating func finish(at time: Instant) {
        now = max(now, time)
        table.handleTimeout(at: now, &reports)
        table.giveUpAll(&reports)
    }

    /// Summaries of all sessions, open and closed (bounded), in the order of first appearance. O(n log n), allocates.
    package var sessions: [SessionSummary] { table.summaries }

    /// The totals of sessions that were closed so long ago that ``sessions`` no longer contains them.
    package var olderSessions: SessionTotals { table.older }
}
