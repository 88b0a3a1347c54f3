package import StatsModel
import StatsWire

/// The receiving side as a machine: checksum, sessions, sequence gaps, duplicates, late packets.
///
/// It joins RFC 3550 appendix A.1 and A.3 (extended sequence numbers, restart), RFC 4303 section 3.4.3 and RFC 6479
/// (sliding bitmap), RFC 7011 (records are counted, not only packets) and sFlow v5 (the sender reports its own drops).
///
/// - Only data packets take part in the sequence. Heartbeats and closing packets speak of the highest data number
///   sent: what is missing up to there is a hole, so loss at the tail shows. A session first heard through one of them
///   has the holes 1...S where the receiver listened from the start; else nothing is expected before S + 1, and a
///   packet up to S that still comes is late and moves the beginning down. Parity and acknowledgement packets speak
///   for no number that was sent, and open no session. What parity gives back (``pollRebuilt(at:)``) is a data packet
///   like any other, but that its sender is not answered as if it had just come.
/// - A packet whose hole was given up while its number is still inside the window is accepted as late: its events count,
///   the number is no longer lost, and ``pollRecovered()`` takes back what ``pollLost()`` reported.
/// - What is too old is given up before a packet is looked at, so it makes no difference whether the driver called
///   ``handleTimeout(at:)`` in between. A clock that goes backwards stands still here.
package struct StatsReceiver: ~Copyable {
    package let configuration: ReceiverConfiguration
    var table: SessionTable
    private var reports: LossReports
    var now = Instant.start
    /// Recovers packets from parity; nil where parity packets are passed over.
    var parity: ParityDecoder?
    private var answer = AcknowledgementBuilder()
    private var numbering: AnswerNumbering
    /// Reads the records of accepted packets.
    var decoder = EventDecoder()

    /// The records, by type, of the data packet that was accepted last; none where the last datagram, or the last packet
    /// polled, was not accepted, or where records are not counted (``ReceiverConfiguration/countsRecords``).
    package internal(set) var held = TypeCounts()

    /// Datagrams whose header or checksum failed.
    package private(set) var corrupt: UInt64 = 0
    /// Packets with a number that no sender reaches (0, or beyond 2^62) which belong to no open session: a session
    /// is not opened on their word.
    package private(set) var unassigned: UInt64 = 0

    /// Traps where a bound of the configuration makes no sense.
    ///
    /// - Parameter seed: what the epochs of its acknowledgements are drawn from (``AnswerNumber``); a run that has to repeat
    ///   gives one of its own
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

    /// As if it had been made now, but that it does not listen from the start.
    mutating func forget() {
        numbering.beginEpoch()
        var later = configuration
        later.listensFromStart = false
        table = SessionTable(configuration: later)
        parity = later.parity.map { ParityDecoder(configuration: $0) }
        corrupt = 0
        unassigned = 0
    }

    /// Takes one datagram. What an accepted one holds is decoded here, once, for the session's account of records, its
    /// running totals, and the caller (``held``).
    ///
    /// O(bytes) for the checksum and the records, then O(1) but for jumps: O(window / 64).
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
            if let position = table.position(of: header.session, from: source) { table.hear(at: position, now) { _ in } }
            if header.kind == .parity { parity?.handleParity(bytes, header: header, from: source) }
        }
        return .control(header)
    }

    /// - Parameter isRebuilt: it did not come, but was worked out from parity
    mutating func receiveData(
        _ header: PacketHeader, from source: SourceID, isRebuilt: Bool = false
    ) -> ReceiveOutcome {
        guard let position = position(of: header, from: source, isSpokenOf: false) else { return .outOfRange(header) }
        let arrival = table.hear(at: position, now) { session in
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
        guard let position = position(of: header, from: source, isSpokenOf: true) else { return }
        table.hear(at: position, now) { session in
            session.hear(header, at: now, &reports)
            if header.kind == .closing { session.isClosed = true }
            if let report { session.account.record(report, timestamp: header.timestamp) }
        }
        table.receiveRunningTotals(at: position, bytes, header, now)
    }

    /// Where the packet's session stands, opened now if need be; nil where its number is no reason to open one.
    private mutating func position(of header: PacketHeader, from source: SourceID, isSpokenOf: Bool) -> Int? {
        if let position = table.position(of: header.session, from: source) { return position }
        // A sender that closes without ever having sent speaks of number 0.
        let isCredible = header.sequence <= SequenceTracker.maximumSequence && (header.sequence > 0 || isSpokenOf)
        guard isCredible else {
            unassigned += 1
            return nil
        }
        return table.open(
            header.session, from: source, sequence: header.sequence, isSpokenOf: isSpokenOf, at: now, &reports)
    }

    /// When a pending hole next becomes lost through its age, a replaced session ends its grace, or a sender is to be
    /// answered; nil: never.
    package var nextDeadline: Instant? {
        guard let answer = table.answerDeadline else { return table.deadline }
        return table.deadline.map { min($0, answer) } ?? answer
    }

    package mutating func handleTimeout(at time: Instant) {
        now = max(now, time)
        table.handleTimeout(at: now, &reports)
    }

    /// The next answer that is due at `now`, readable through ``withAcknowledgement(_:)`` until the next one; nil: none.
    /// It goes back to where the session's packets come from.
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

    /// The bytes of the acknowledgement last polled.
    package borrowing func withAcknowledgement<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try answer.withBytes(body)
    }

    /// The next range given up, in the order of giving up; adjacent numbers are joined. Bounded: poll after each call.
    package mutating func pollLost() -> LostRange? { reports.pollLost() }

    /// The next range of numbers that ``pollLost()`` reported (poll that first) and that came after all.
    package mutating func pollRecovered() -> LostRange? { reports.pollRecovered() }

    /// Numbers that were given up or recovered without being reported, since nobody polled for too long.
    package var unreported: UInt64 { reports.unreported }

    /// Nothing more will come: every pending hole is lost. A packet that comes nevertheless is taken as ever.
    package mutating func finish(at time: Instant) {
        now = max(now, time)
        table.handleTimeout(at: now, &reports)
        table.giveUpAll(&reports)
    }

    /// Summaries of all sessions, open and closed (bounded), in the order of first sight. O(n log n), allocates.
    package var sessions: [SessionSummary] { table.summaries }

    /// What sessions add up to that were closed so long ago that ``sessions`` no longer holds them.
    package var olderSessions: SessionTotals { table.older }
}
