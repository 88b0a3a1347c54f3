import StatsModel
import StatsReceiver
import StatsWire
import Testing

/// A packet that the receiver recovers from parity takes the same path as a packet that arrived.
@Suite("rebuilt packets") struct RebuiltPacketTests {
    private static let source = SourceID(1)

    private static func receiver(_ change: (inout ReceiverConfiguration) -> Void = { _ in }) -> StatsReceiver {
        var configuration = ReceiverConfiguration()
        configuration.listensFromStart = true
        configuration.parity = ParityDecoderConfiguration()
        change(&configuration)
        return StatsReceiver(configuration: configuration)
    }

    private static func data(_ sequence: UInt64, session: UInt64 = 1) -> [UInt8] { ParityDecoderTests.data(sequence, session: session) }

    private static func parity(
        _ numbers: ClosedRange<UInt64>, count: Int = 1, index: Int = 0, session: UInt64 = 1
    ) -> [UInt8] {
        ParityDecoderTests.parity(
            numbers.map { ($0, data($0, session: session)) }, count: count, index: index, session: session)
    }

    /// What each packet turns out to be, and what it gives back.
    private static func receive(
        _ packets: [[UInt8]], _ receiver: inout StatsReceiver, at now: Instant = .start
    ) -> (outcomes: [ReceiveOutcome], rebuilt: [RebuiltPacket]) {
        var outcomes: [ReceiveOutcome] = []
        var rebuilt: [RebuiltPacket] = []
        for packet in packets {
            outcomes.append(receiver.receive(packet.span, from: source, at: now))
            while let next = receiver.pollRebuilt(at: now) {
                let bytes = receiver.withRebuilt { bytes in (0..<bytes.count).map { bytes[$0] } }
                #expect(bytes == data(next.header.sequence, session: next.header.session) && next.source == source)
                rebuilt.append(next)
            }
        }
        return (outcomes, rebuilt)
    }

    private static func lost(_ receiver: inout StatsReceiver) -> [ClosedRange<UInt64>] {
        var ranges: [ClosedRange<UInt64>] = []
        while let range = receiver.pollLost() { ranges.append(range.from...range.to) }
        return ranges
    }

    @Test("a rebuilt packet fills its gap, and when it comes itself it is a duplicate")
    func fills() throws {
        var receiver = Self.receiver()
        let received = Self.receive([Self.data(1), Self.data(3), Self.parity(1...3), Self.data(2), Self.data(4)], &receiver)
        #expect(received.rebuilt.map(\.header.sequence) == [2])
        #expect(received.rebuilt.map(\.outcome) == [.accepted(try PacketHeader(decoding: Self.data(2).span), late: true)])
        guard case .duplicate = received.outcomes[3], case .accepted(_, late: false) = received.outcomes[4] else {
            Issue.record("\(received.outcomes)")
            return
        }
        receiver.finish(at: .start)
        let session = try #require(receiver.sessions.first)
        #expect(session.unique == 4 && session.rebuilt == 1 && session.duplicate == 1 && session.lost == 0)
        #expect(session.received == session.unique + session.duplicate + session.outOfRange && session.repaired == 0)
        #expect(Self.lost(&receiver).isEmpty && receiver.parityCounts.recovered == 1)
    }

    @Test("a packet that was given up is taken back when parity gives it")
    func takenBack() throws {
        var receiver = Self.receiver { $0.reorderLimit = .milliseconds(10) }
        _ = Self.receive([Self.data(1), Self.data(3)], &receiver)
        receiver.handleTimeout(at: Instant(nanoseconds: 20_000_000))
        #expect(Self.lost(&receiver) == [2...2])
        let received = Self.receive([Self.parity(1...3)], &receiver, at: Instant(nanoseconds: 30_000_000))
        #expect(received.rebuilt.count == 1)
        let back = receiver.pollRecovered()
        #expect(back?.from == 2 && back?.to == 2)
        let session = try #require(receiver.sessions.first)
        #expect(session.lost == 0 && session.recovered == 1 && session.rebuilt == 1 && session.gaps.isEmpty)
    }

    @Test("parity packets open no hole and no session, but a packet that they give back does")
    func noSession() throws {
        var receiver = Self.receiver()
        let alone = Self.receive([Self.parity(1...3)], &receiver)
        #expect(alone.rebuilt.isEmpty && receiver.sessions.isEmpty)
        guard case .control = alone.outcomes[0] else {
            Issue.record("\(alone.outcomes)")
            return
        }
        // A group of one is its parity alone.
        let single = Self.receive([Self.parity(7...7)], &receiver)
        #expect(single.rebuilt.map(\.header.sequence) == [7])
        let session = try #require(receiver.sessions.first)
        #expect(session.unique == 1 && session.pending == 6 && session.last == 7)
    }

    @Test("another session's parity, and another source's, give back nothing of this one")
    func others() {
        var receiver = Self.receiver()
        let received = Self.receive([Self.data(1), Self.data(3), Self.parity(1...3, session: 2)], &receiver)
        #expect(received.rebuilt.isEmpty)
        let parity = Self.parity(1...3)
        _ = receiver.receive(parity.span, from: SourceID(2), at: .start)
        let other = receiver.pollRebuilt(at: .start)
        #expect(other == nil)
        #expect(Self.receive([parity], &receiver).rebuilt.count == 1)
    }

    @Test("a parity packet that was damaged is corrupt, and gives back nothing", arguments: 1...50 as ClosedRange<UInt64>)
    func damaged(seed: UInt64) {
        var receiver = Self.receiver()
        var parity = Self.parity(1...3)
        let bit = Int(KeyedRandom(seed: seed).draw(rule: 1, flow: 0, sequence: 0) % UInt64(parity.count * 8))
        parity[bit / 8] ^= 1 << UInt8(bit % 8)
        let received = Self.receive([Self.data(1), Self.data(3), parity], &receiver)
        guard case .corrupt = received.outcomes[2] else {
            Issue.record("seed \(seed): bit \(bit), \(received.outcomes[2])")
            return
        }
        #expect(received.rebuilt.isEmpty && receiver.corrupt == 1, "seed \(seed)")
    }

    @Test("a receiver that restarts forgets what parity would need")
    func restart() {
        var receiver = Self.receiver()
        _ = Self.receive([Self.data(1), Self.data(2)], &receiver)
        receiver.restart(at: .start)
        #expect(Self.receive([Self.data(4), Self.parity(1...4)], &receiver).rebuilt.isEmpty)
        // What parities wait for is forgotten as well.
        receiver.restart(at: .start)
        #expect(Self.receive([Self.data(1), Self.data(2), Self.data(3)], &receiver).rebuilt.isEmpty)
        #expect(receiver.parityCounts.received == 0)
        // And what begins behind the restart is whole again.
        #expect(Self.receive([Self.data(6), Self.data(8), Self.parity(6...8)], &receiver).rebuilt.map(\.header.sequence) == [7])
    }

    @Test("a receiver without parity passes over parity packets")
    func without() {
        var receiver = Self.receiver { $0.parity = nil }
        let received = Self.receive([Self.data(1), Self.data(3), Self.parity(1...3)], &receiver)
        #expect(received.rebuilt.isEmpty && receiver.parityCounts == ParityCounts())
        #expect(receiver.sessions.first?.pending == 1)
    }

    @Test("a recovered packet is acknowledged at once, and the sender measures no round trip by it")
    func answers() throws {
        var receiver = Self.receiver { $0.acknowledgement = AcknowledgementConfiguration() }
        _ = Self.receive([Self.data(1), Self.data(3)], &receiver)
        _ = Self.receive([Self.parity(1...3)], &receiver, at: Instant(nanoseconds: 1_000_000))
        let end = Instant(nanoseconds: 10_000_000_000)
        let polled = receiver.pollAcknowledgement(at: end)
        #expect(polled != nil)
        let answer = try receiver.withAcknowledgement { bytes throws in
            try #require(Acknowledgement(decoding: bytes, header: try PacketHeader(decoding: bytes)))
        }
        #expect(answer.highest == 3 && answer.rangeCount == 0, "nothing is missing any more")
        #expect(answer.latest == 3, "the packet that arrived last, and not the one recovered after it")
    }
}
