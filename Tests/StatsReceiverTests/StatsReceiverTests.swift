import StatsModel
import StatsWire
import TestSupport
import Testing

@testable import StatsReceiver

@Suite struct StatsReceiverTests {
    private static let source = SourceID(9)

    private static func at(_ milliseconds: Int64) -> Instant { Instant.start + .milliseconds(milliseconds) }

    private static func lost(_ receiver: inout StatsReceiver) -> [ClosedRange<UInt64>] {
        var ranges: [ClosedRange<UInt64>] = []
        while let range = receiver.pollLost() { ranges.append(range.from...range.to) }
        return ranges
    }

    @discardableResult
    private static func receive(
        _ receiver: inout StatsReceiver, _ sequence: UInt64, session: UInt64 = 1, source: SourceID = source,
        at now: Instant = .start
    ) -> ReceiveOutcome {
        receiver.receive(TestPacket.make(.data, session: session, sequence: sequence).span, from: source, at: now)
    }

    @Test("a corrupted packet is counted and touches nothing else, whichever bit flipped")
    func corruption() {
        let good = TestPacket.make(.data, sequence: 2, payload: [1, 2, 3])
        for bit in 0..<good.count * 8 {
            var receiver = StatsReceiver()
            Self.receive(&receiver, 1)
            let before = receiver.sessions
            var bad = good
            bad[bit / 8] ^= 1 << UInt8(bit % 8)
            guard case .corrupt = receiver.receive(bad.span, from: Self.source, at: .start) else {
                Issue.record("bit \(bit) went unnoticed")
                continue
            }
            #expect(receiver.corrupt == 1)
            #expect(receiver.sessions == before)
            #expect(receiver.nextDeadline == nil)
        }
    }

    @Test("a session joined in the middle is unknown before, and has losses only from there on")
    func lateStart() {
        var receiver = StatsReceiver()
        for sequence in [1000, 1001, 1003] as [UInt64] { Self.receive(&receiver, sequence) }
        receiver.finish(at: .start)
        #expect(Self.lost(&receiver) == [1002...1002])
        #expect(receiver.sessions[0].unknown == 999)
        #expect(receiver.sessions[0].lost == 1)
        #expect(receiver.sessions[0].gaps == [1002...1002])
    }

    @Test("a receiver that listened from the start misses what came before the first")
    func listeningFromStart() {
        var configuration = ReceiverConfiguration()
        configuration.listensFromStart = true
        var receiver = StatsReceiver(configuration: configuration)
        Self.receive(&receiver, 4)
        #expect(receiver.sessions[0].pending == 3)
        #expect(Self.receive(&receiver, 2) == .accepted(Self.header(2), late: true))
        receiver.finish(at: .start)
        #expect(Self.lost(&receiver) == [1...1, 3...3])
        #expect(receiver.sessions[0].unknown == 0)
    }

    private static func header(_ sequence: UInt64) -> PacketHeader {
        PacketHeader(
            kind: .data, codec: .binary, eventCount: 0, session: 1, sequence: sequence, timestamp: 0, payloadLength: 0)
    }

    @Test("loss at the tail shows through a heartbeat or a closing packet", arguments: [PacketKind.heartbeat, .closing])
    func tail(kind: PacketKind) {
        var receiver = StatsReceiver()
        Self.receive(&receiver, 1)
        _ = receiver.receive(TestPacket.report(kind, sequence: 4, packets: 4).span, from: Self.source, at: Self.at(5))
        #expect(receiver.sessions[0].pending == 3)
        #expect(receiver.sessions[0].isClosed == (kind == .closing))
        Self.receive(&receiver, 3, at: Self.at(6))
        #expect(receiver.nextDeadline == Self.at(2005))
        receiver.handleTimeout(at: Self.at(2005))
        #expect(Self.lost(&receiver) == [2...2, 4...4])
        #expect(receiver.sessions[0].late == 1)
    }

    @Test("a session that is first known from a heartbeat begins after it, or at 1 if the receiver listened from the start")
    func firstHeardThroughReport() {
        var configuration = ReceiverConfiguration()
        for listens in [false, true] {
            configuration.listensFromStart = listens
            var receiver = StatsReceiver(configuration: configuration)
            let report = TestPacket.report(.heartbeat, sequence: 5, packets: 5)
            _ = receiver.receive(report.span, from: Self.source, at: .start)
            #expect(receiver.sessions[0].pending == (listens ? 5 : 0))
            Self.receive(&receiver, 4)
            Self.receive(&receiver, 6)
            receiver.finish(at: .start)
            #expect(Self.lost(&receiver) == (listens ? [1...3, 5...5] : [5...5]))
            #expect(receiver.sessions[0].unknown == (listens ? 0 : 3))
            #expect(receiver.sessions[0].unique == 2)
        }
    }

    @Test("an old session stays open for its grace, so its late packets still land there")
    func replacement() {
        var receiver = StatsReceiver()
        Self.receive(&receiver, 1, session: 1, at: Self.at(0))
        Self.receive(&receiver, 3, session: 1, at: Self.at(0))
        Self.receive(&receiver, 1, session: 2, at: Self.at(100))
        Self.receive(&receiver, 2, session: 1, at: Self.at(1000))
        #expect(receiver.sessions.map(\.unique) == [3, 1])
        #expect(receiver.nextDeadline == Self.at(11_000))
        receiver.handleTimeout(at: Self.at(11_000))
        #expect(receiver.nextDeadline == nil)
        // Closed: what still comes may have come before, and is refused; what is new counts.
        Self.receive(&receiver, 2, session: 1, at: Self.at(11_001))
        #expect(receiver.sessions.map(\.unique) == [3, 1, 0] && receiver.sessions[2].outOfRange == 1)
        Self.receive(&receiver, 4, session: 1, at: Self.at(11_001))
        #expect(receiver.sessions.map(\.unique) == [3, 1, 1])
    }

    @Test("sessions of another source are not replaced")
    func otherSources() {
        var receiver = StatsReceiver()
        Self.receive(&receiver, 1, session: 1, source: SourceID(1))
        Self.receive(&receiver, 1, session: 1, source: SourceID(2))
        #expect(receiver.nextDeadline == nil)
        #expect(receiver.sessions.map(\.unique) == [1, 1])
    }

    @Test("the least recently active session is closed first and its holes are lost; closed ones add up in the end")
    func bounds() {
        var configuration = ReceiverConfiguration()
        configuration.maximumSessions = 2
        configuration.maximumClosedSessions = 1
        var receiver = StatsReceiver(configuration: configuration)
        Self.receive(&receiver, 1, session: 1, source: SourceID(1))
        Self.receive(&receiver, 3, session: 1, source: SourceID(1))
        Self.receive(&receiver, 1, session: 2, source: SourceID(2))
        Self.receive(&receiver, 4, session: 1, source: SourceID(1))
        Self.receive(&receiver, 1, session: 3, source: SourceID(3))
        #expect(receiver.sessions.map(\.session) == [1, 2, 3])
        #expect(Self.lost(&receiver) == [])
        Self.receive(&receiver, 1, session: 4, source: SourceID(4))
        #expect(receiver.sessions.map(\.session) == [1, 3, 4])
        #expect(Self.lost(&receiver) == [2...2])
        #expect(receiver.olderSessions.sessions == 1)
        Self.receive(&receiver, 1, session: 5, source: SourceID(5))
        #expect(receiver.olderSessions.sessions == 2)
        #expect(receiver.olderSessions.unique == 1 + 3)
        #expect(receiver.olderSessions.lost == 1)
        let all = receiver.sessions.reduce(receiver.olderSessions.unique) { $0 + $1.unique }
        #expect(all == 7)
    }

    @Test("records lost are exact as soon as one later report comes, whatever packets came since or out of order")
    func records() {
        var configuration = ReceiverConfiguration()
        configuration.listensFromStart = true
        var receiver = StatsReceiver(configuration: configuration)
        var sender = RunningTotalSender(session: 1)
        let ten = Array(repeating: (name: "a", value: 1.0, rate: 1.0), count: 10)
        let packets = (1...8).map { _ in sender.data(ten) }
        func deliver(_ sequence: Int) {
            let packet = packets[sequence - 1].bytes
            _ = receiver.receive(packet.span, from: Self.source, at: .start)
            #expect(receiver.held[.counter] == 10 && receiver.held.total == 10)
        }
        func report(_ packets: UInt64, _ time: UInt64) {
            var sent = TypeCounts()
            sent[.counter] = 10 * packets
            let bytes = TestPacket.report(
                .heartbeat, sequence: packets, timestamp: time, packets: packets, sent: sent)
            _ = receiver.receive(bytes.span, from: Self.source, at: .start)
        }
        deliver(1)
        deliver(3)
        #expect(receiver.sessions[0].recordsLost == nil)
        report(4, 1)
        #expect(receiver.sessions[0].recordsLost?[.counter] == 20)
        deliver(6)
        #expect(receiver.sessions[0].recordsLost?[.counter] == 20, "a later packet belongs to a later report")
        deliver(2)
        #expect(receiver.sessions[0].recordsLost?[.counter] == 10, "a late packet was not lost")
        deliver(7)
        report(5, 2)
        #expect(receiver.sessions[0].recordsLost?[.counter] == 10, "overtaken by 6 and 7: waits for the next")
        report(8, 4)
        report(7, 3)
        #expect(receiver.sessions[0].recordsLost?[.counter] == 30)
        #expect(receiver.sessions[0].report?.packets == 8, "the newest report, not the last to arrive")
    }

    @Test("only what is accepted is held, and a receiver whose caller needs no records reads none", arguments: [true, false])
    func held(countsRecords: Bool) {
        var configuration = ReceiverConfiguration()
        configuration.countsRecords = countsRecords
        var receiver = StatsReceiver(configuration: configuration)
        var sender = RunningTotalSender(session: 1)
        let packet = sender.data([("a", 1, 1), ("g", 2, 1), ("a", 3, 1)]).bytes
        let accepted = receiver.receive(packet.span, from: Self.source, at: .start)
        guard case .accepted = accepted else {
            Issue.record("\(accepted)")
            return
        }
        let records: UInt64 = countsRecords ? 1 : 0
        #expect(receiver.held[.counter] == 2 * records && receiver.held[.gauge] == records)
        #expect(receiver.sessions[0].delivered == receiver.held)
        _ = receiver.receive(packet.span, from: Self.source, at: .start)
        #expect(receiver.held.total == 0, "a duplicate holds nothing")
        #expect(receiver.sessions[0].delivered.total == 3 * records)
    }

    @Test("what nobody polls is bounded and counted")
    func unpolled() {
        var configuration = ReceiverConfiguration()
        configuration.maximumUnpolled = 2
        configuration.maximumGaps = 3
        var receiver = StatsReceiver(configuration: configuration)
        for sequence in [1, 3, 5, 7, 9] as [UInt64] { Self.receive(&receiver, sequence) }
        receiver.finish(at: .start)
        #expect(Self.lost(&receiver) == [2...2, 4...4])
        #expect(receiver.unreported == 2)
        #expect(receiver.sessions[0].gaps == [2...2, 4...4, 6...6])
        #expect(receiver.sessions[0].gapsTruncated)
        #expect(receiver.sessions[0].lost == 4)
    }

    @Test("numbers that nobody sends open no session")
    func unassigned() {
        var receiver = StatsReceiver()
        #expect(Self.receive(&receiver, 0) == .outOfRange(Self.header(0)))
        #expect(Self.receive(&receiver, .max) == .outOfRange(Self.header(.max)))
        #expect(receiver.sessions.isEmpty)
        #expect(receiver.unassigned == 2)
    }
}
