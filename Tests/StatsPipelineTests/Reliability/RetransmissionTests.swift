import StatsModel
import StatsReceiver
import StatsWire
import Testing
import TestSupport

@testable import StatsPipeline

/// What is retransmitted: a client and a receiver that answers, with a network between them that loses what the test says.
@Suite("what is retransmitted") struct RetransmissionTests {
    static let epoch = TestDriver.epoch

    /// Turns both machines in virtual time; nothing takes time on its way.
    struct Pair: ~Copyable, TurnedInTime {
        var client: ClientPipeline
        var receiver: StatsReceiver
        var isLost: (OutgoingPacket, Instant) -> Bool
        var isAnswerLost: (Int) -> Bool = { _ in false }
        var now = Instant.start
        /// How often each number arrived, and how many data packets were handed out for the first time.
        private(set) var arrivals: [UInt64: Int] = [:]
        private(set) var sent = 0
        private(set) var answers = 0

        init(
            _ change: (inout ClientConfiguration) -> Void = { _ in }, isLost: @escaping (OutgoingPacket, Instant) -> Bool
        ) {
            var configuration = ClientConfiguration()
            change(&configuration)
            client = ClientPipeline(configuration: configuration, session: 7)
            var listening = ReceiverConfiguration()
            listening.listensFromStart = true
            listening.acknowledgement = AcknowledgementConfiguration()
            receiver = StatsReceiver(configuration: listening)
            self.isLost = isLost
        }

        mutating func record(_ offer: Offer) {
            let (event, bytes) = offer.decoded
            _ = client.record(event, bytes: bytes.span, timestamp: RetransmissionTests.epoch, at: now)
        }

        var nextDeadline: Instant? {
            mutating get { [client.nextDeadline, receiver.nextDeadline].compactMap { $0 }.min() }
        }

        mutating func turn() {
            receiver.handleTimeout(at: now)
            while let packet = client.pollTransmit(at: now, epoch: RetransmissionTests.epoch) {
                if packet.kind == .data, packet.copy == 0 { sent += 1 }
                if isLost(packet, now) { continue }
                let bytes = client.withDatagram { span in (0..<span.count).map { span[$0] } }
                if packet.kind == .data { arrivals[packet.sequence, default: 0] += 1 }
                _ = receiver.receive(bytes.span, from: SourceID(1), at: now)
                answer()
            }
            answer()
        }

        private mutating func answer() {
            while receiver.pollAcknowledgement(at: now) != nil {
                let bytes = receiver.withAcknowledgement { span in (0..<span.count).map { span[$0] } }
                answers += 1
                if !isAnswerLost(answers) { client.handleAcknowledgement(bytes.span, at: now) }
            }
        }

        mutating func accepts(_ bytes: [UInt8]) -> Bool { client.handleAcknowledgement(bytes.span, at: now) }

        /// Numbers that never arrived.
        var missing: [UInt64] { (1...UInt64(max(1, sent))).filter { arrivals[$0] == nil && sent > 0 } }
    }

    private static func chance(_ percent: UInt64, _ seed: UInt64) -> (OutgoingPacket, Instant) -> Bool {
        let random = KeyedRandom(seed: seed)
        var draws: UInt64 = 0
        return { _, _ in
            draws += 1
            return random.chance(Ratio(percent, outOf: 100), rule: 1, flow: 0, sequence: draws)
        }
    }

    @Test("whatever share is lost, both ways, everything arrives", arguments: 1...40 as ClosedRange<UInt64>)
    func everythingArrives(seed: UInt64) {
        let percent = seed % 5 * 10
        var pair = Pair({ $0.batchSize = 3 }, isLost: Self.chance(percent, seed))
        let lost = Self.chance(percent, seed &+ 1000)
        let nothing = OutgoingPacket(kind: .acknowledgement, sequence: 0, eventCount: 0, byteCount: 0)
        pair.isAnswerLost = { _ in lost(nothing, .start) }
        for step in 0..<200 as Range<UInt64> {
            pair.record(Offer(.counter, "c\(step % 7)", value: 1))
            if step % 9 == 0 { pair.record(Offer(.event, "deploy", text: "now")) }
            _ = pair.run(to: .milliseconds(step * 5))
        }
        pair.client.close(at: pair.now)
        let isDone = pair.run(to: pair.now + .seconds(60))
        #expect(isDone && pair.client.isClosed == true, "seed \(seed)")
        #expect(pair.missing == [], "seed \(seed), \(percent) %: \(pair.client.repairCounts)")
        let session = pair.receiver.sessions[0]
        #expect(session.lost == 0 && session.pending == 0 && session.unique == UInt64(pair.sent), "seed \(seed)")
        if percent == 0 {
            #expect(pair.client.repairCounts.packets == 0 && pair.client.repairCounts.timeouts == 0, "seed \(seed)")
        } else {
            #expect(pair.client.repairCounts.packets > 0 && session.repaired > 0, "seed \(seed)")
        }
        #expect(pair.client.repairCounts.unconfirmed == 0, "seed \(seed)")
    }

    @Test("through ten seconds of silence no packet with a critical event is lost, and few are sent in vain")
    func blackhole() {
        var pair = Pair({ $0.reliability?.historyCapacity = 0 }) { _, now in
            now >= .milliseconds(1000) && now < .milliseconds(11_000)
        }
        for step in 0..<400 as Range<UInt64> {
            pair.record(Offer(.event, "e\(step)", text: "t"))
            _ = pair.run(to: .milliseconds(step * 10))
        }
        #expect(pair.missing.count > 10, "the middle of the silence")
        pair.client.close(at: pair.now)
        _ = pair.run(to: pair.now + .seconds(60))
        #expect(pair.missing == [])
        // One time-out after the other, each at most a second long, and the answer names the rest.
        #expect(pair.client.repairCounts.timeouts < 25, "\(pair.client.repairCounts)")
    }

    @Test("a full memory lets its oldest packet go, and says so; what is asked for then has no answer")
    func bounded() {
        var pair = Pair({
            $0.batchSize = 1
            $0.reliability?.criticalCapacity = 1024
            $0.reliability?.historyCapacity = 1024
            $0.reliability?.lingerLimit = .seconds(2)
        }) { _, now in now < .milliseconds(1000) }
        for step in 0..<200 as Range<UInt64> {
            pair.record(step % 2 == 0 ? Offer(.event, "e", text: "t") : Offer(.counter, "c", value: 1))
            _ = pair.run(to: .milliseconds(step))
        }
        pair.client.close(at: .milliseconds(1100))
        let isDone = pair.run(to: .milliseconds(60_000))
        let counts = pair.client.repairCounts
        #expect(isDone && pair.client.isClosed == true)
        // 1024 bytes hold at most 8 packets each.
        let kept = pair.sent - pair.missing.count
        #expect(kept > 0 && kept <= 16 && pair.sent == 200)
        let critical = (1...200 as ClosedRange<UInt64>).filter { $0 % 2 == 1 }
        let arrived = critical.count { pair.arrivals[$0] != nil }
        #expect(counts.unconfirmed == UInt64(critical.count - arrived))
        #expect(counts.unanswerable > 0)
    }

    @Test("the timer retransmits the oldest packet without an acknowledgement, even behind one that has arrived")
    func timerPassesSettledPackets() {
        // Three packets fit. Packet 1 is lost and 2 arrives, so 4 makes room by removing 1, and 2 is then in front.
        var pair = Pair({
            $0.batchSize = 1
            $0.reliability?.criticalCapacity = 384
            $0.reliability?.historyCapacity = 0
        }) { packet, _ in packet.sequence != 2 && packet.kind == .data }
        for number in 1...3 {
            pair.record(Offer(.event, "e\(number)", text: "t"))
            _ = pair.run(to: pair.now + .milliseconds(1))
        }
        // The receiver answers, and the client learns that 2 has arrived.
        _ = pair.run(to: pair.now + .milliseconds(200))
        #expect(pair.client.repairCounts.acknowledgements > 0)
        pair.record(Offer(.event, "e4", text: "t"))
        var sendings = 0
        pair.isLost = { packet, _ in
            if packet.kind == .data, packet.sequence == 3, packet.copy > 0 { sendings += 1 }
            return true
        }
        pair.isAnswerLost = { _ in true }
        _ = pair.run(to: pair.now + .seconds(5))
        #expect(sendings > 0, "\(pair.client.repairCounts)")
    }

    @Test("no timer runs for a critical packet that is longer than the memory")
    func timerNeedsAKeptPacket() {
        var pair = Pair({ $0.reliability?.criticalCapacity = 128 }) { _, _ in true }
        pair.record(Offer(.event, "e", text: String(repeating: "t", count: 300)))
        _ = pair.run(to: .milliseconds(10_000))
        #expect(pair.client.repairCounts.timeouts == 0 && pair.client.repairCounts.unconfirmed == 1)
    }

    @Test("a receiver that never answers costs little, and does not hold the end up longer than it may")
    func silent() {
        var pair = Pair({ $0.reliability?.lingerLimit = .seconds(3) }) { _, _ in false }
        pair.isAnswerLost = { _ in true }
        for step in 0..<100 as Range<UInt64> {
            pair.record(Offer(.counter, "c", value: 1))
            _ = pair.run(to: .milliseconds(step * 100))
        }
        pair.client.close(at: pair.now)
        let end = pair.now
        let isDone = pair.run(to: end + .seconds(60))
        #expect(isDone && pair.client.isClosed == true && pair.client.repairCounts.packets == 0)
        // With a critical packet it waits as long as it may.
        var critical = Pair({ $0.reliability?.lingerLimit = .seconds(3) }) { _, _ in false }
        critical.isAnswerLost = { _ in true }
        critical.record(Offer(.event, "e", text: "t"))
        _ = critical.run(to: .milliseconds(500))
        critical.client.close(at: critical.now)
        #expect(critical.client.isClosed == false)
        _ = critical.run(to: .milliseconds(2000))
        #expect(critical.client.isClosed == false)
        _ = critical.run(to: .milliseconds(4000))
        #expect(critical.client.isClosed == true && critical.client.repairCounts.unconfirmed == 1)
    }

    @Test("a client that closes goes on asking until it knows, whichever answers get through", arguments: 0..<8)
    func keepsAsking(through: Int) {
        // Of the data a counter's packet is lost the first time; of the answers only this one and later ones arrive.
        var pair = Pair({ $0.batchSize = 1 }) { packet, _ in packet.kind == .data && packet.sequence == 2 && packet.copy == 0 }
        pair.isAnswerLost = { $0 != through && $0 < through + 3 }
        pair.record(Offer(.event, "e", text: "t"))
        pair.record(Offer(.counter, "c", value: 1))
        pair.client.close(at: .start)
        _ = pair.run(to: .milliseconds(10_000))
        #expect(pair.client.isClosed == true && pair.missing.isEmpty, "answer \(through): \(pair.client.repairCounts)")
        #expect(pair.client.repairCounts.unconfirmed == 0, "answer \(through)")
    }

    @Test("a receiver that never answered is given up earlier than one that did", arguments: [false, true])
    func unanswered(wasHeard: Bool) {
        var pair = Pair({
            $0.reliability?.lingerLimit = .seconds(3)
            $0.reliability?.unansweredLimit = .milliseconds(400)
        }) { _, now in wasHeard && now > .milliseconds(500) }
        if !wasHeard { pair.isAnswerLost = { _ in true } }
        pair.record(Offer(.event, "e", text: "first"))
        _ = pair.run(to: .milliseconds(600))
        pair.record(Offer(.event, "e", text: "second"))
        pair.client.close(at: .milliseconds(600))
        _ = pair.run(to: .milliseconds(900))
        #expect(pair.client.isClosed == false)
        _ = pair.run(to: .milliseconds(1500))
        #expect(pair.client.isClosed == !wasHeard)
        _ = pair.run(to: .milliseconds(4000))
        #expect(pair.client.isClosed == true && pair.client.repairCounts.unconfirmed == (wasHeard ? 1 : 2))
    }

    @Test("an answer of another session, a damaged one, and one about numbers never sent are passed over")
    func invalid() {
        var pair = Pair { _, _ in false }
        pair.record(Offer(.counter, "c", value: 1))
        _ = pair.run(to: .milliseconds(500))
        func answer(session: UInt64, highest: UInt64) -> [UInt8] {
            var builder = AcknowledgementBuilder()
            builder.begin(floor: highest)
            _ = builder.seal(session: session, highest: highest, latest: highest, held: .zero, number: AnswerNumber(epoch: 1, counter: 5))
            return builder.withBytes { span in (0..<span.count).map { span[$0] } }
        }
        let good = answer(session: 7, highest: 1)
        let (ours, others) = (pair.accepts(good), pair.accepts(answer(session: 8, highest: 1)))
        let never = pair.accepts(answer(session: 7, highest: 2))
        #expect(ours && !others && !never)
        for index in good.indices {
            var damaged = good
            damaged[index] ^= 0x10
            let isAccepted = pair.accepts(damaged)
            #expect(!isAccepted, "byte \(index)")
        }
    }

    @Test("the ring keeps the newest packets, byte for byte, whatever their lengths", arguments: 1...20 as ClosedRange<UInt64>)
    func ring(seed: UInt64) {
        let random = KeyedRandom(seed: seed)
        var history = SentHistory(capacity: 4096)
        var bytes: [UInt64: [UInt8]] = [:]
        for sequence in 1...500 as ClosedRange<UInt64> {
            let count = 48 + Int(random.draw(rule: 1, flow: 0, sequence: sequence) % 900)
            let packet = (0..<count).map { UInt8(truncatingIfNeeded: UInt64($0) &* sequence) }
            bytes[sequence] = packet
            let out = OutgoingPacket(kind: .data, sequence: sequence, eventCount: 1, byteCount: count)
            _ = history.store(out, packet.span, at: .start)
            var total = 0
            for index in 0..<history.count {
                let entry = history[index]
                #expect(entry.sequence == sequence - UInt64(history.count - 1 - index), "seed \(seed)")
                let kept = history.withBytes(of: index) { span in (0..<span.count).map { span[$0] } }
                #expect(kept == bytes[entry.sequence], "seed \(seed), packet \(entry.sequence) of \(sequence)")
                total += kept.count
            }
            #expect(total <= 4096 && history.count >= min(Int(sequence), 3), "seed \(seed)")
        }
    }
}
