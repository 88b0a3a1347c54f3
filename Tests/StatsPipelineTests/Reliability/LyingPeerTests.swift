import StatsModel
import StatsReceiver
import StatsWire
import Testing
import TestSupport

@testable import StatsPipeline

/// What somebody who answers in the receiver's place can do to a client, and what not.
@Suite("acknowledgements that lie") struct LyingPeerTests {
    static let epoch = TestDriver.epoch

    /// A client whose packets arrive nowhere, and what it sends.
    struct Victim: ~Copyable {
        var client: ClientPipeline
        var now = Instant.start
        private(set) var highest: UInt64 = 0
        /// Bytes of data sent once, and of what was retransmitted.
        private(set) var once: UInt64 = 0
        private(set) var again: UInt64 = 0
        private(set) var sendings: [UInt64: Int] = [:]
        private(set) var packets = 0

        init(_ change: (inout ClientConfiguration) -> Void = { _ in }) {
            var configuration = ClientConfiguration()
            configuration.batchSize = 1
            change(&configuration)
            client = ClientPipeline(configuration: configuration, session: 7)
        }

        mutating func record(_ offer: Offer) {
            let (event, bytes) = offer.decoded
            _ = client.record(event, bytes: bytes.span, timestamp: LyingPeerTests.epoch, at: now)
        }

        mutating func turn() {
            while let packet = client.pollTransmit(at: now, epoch: LyingPeerTests.epoch) {
                packets += 1
                guard packet.kind == .data else { continue }
                if packet.copy == 0 { once += UInt64(packet.byteCount) } else { again += UInt64(packet.byteCount) }
                highest = max(highest, packet.sequence)
                sendings[packet.sequence, default: 0] += 1
            }
        }

        mutating func receive(
            floor: UInt64 = 0, missing: [ClosedRange<UInt64>] = [], highest: UInt64? = nil, latest: UInt64 = 0,
            held: Nanoseconds = .zero, _ number: AnswerNumber
        ) {
            let bytes = LyingPeerTests.answer(
                floor: floor, missing: missing, highest: highest ?? self.highest, latest: latest, held: held, number)
            client.handleAcknowledgement(bytes.span, at: now)
        }
    }

    static func answer(
        session: UInt64 = 7, floor: UInt64 = 0, missing: [ClosedRange<UInt64>] = [], highest: UInt64, latest: UInt64 = 0,
        held: Nanoseconds = .zero, _ number: AnswerNumber
    ) -> [UInt8] {
        var builder = AcknowledgementBuilder()
        builder.begin(floor: floor)
        for range in missing { _ = builder.append(range) }
        _ = builder.seal(session: session, highest: highest, latest: latest, held: held, number: number)
        return builder.withBytes { span in (0..<span.count).map { span[$0] } }
    }

    @Test("who names everything missing draws a bounded number of bytes, of each packet a bounded number of times")
    func everythingMissing() {
        var victim = Victim()
        let bounds = ReliabilityConfiguration()
        var counter: UInt32 = 0
        // Two seconds, a request each millisecond.
        for step in 0..<2000 as Range<UInt64> {
            victim.now = .milliseconds(step)
            if step % 2 == 0 { victim.record(Offer(.counter, "requests", value: Double(step))) }
            victim.turn()
            counter += 1
            victim.receive(missing: [1...victim.highest], AnswerNumber(epoch: 1, counter: counter))
            victim.turn()
        }
        let kept = UInt64(bounds.criticalCapacity + bounds.historyCapacity)
        let most = kept + victim.once * UInt64(bounds.retransmissionPercent) / 100 + 2 * UInt64(bounds.retransmissionFloor)
        #expect(victim.again <= most, "\(victim.again) bytes of \(most)")
        #expect(victim.again > victim.once / 2, "\(victim.again) bytes: what is asked for is sent")
        #expect(victim.sendings.values.max() ?? 0 <= 1 + bounds.retransmissionLimit)
        let counts = victim.client.repairCounts
        #expect(counts.delayed > 0 && counts.byteCount == victim.again, "\(counts)")
    }

    @Test("one packet is retransmitted on request as often as the limit says; the timer of a critical one goes on")
    func oneMissing() {
        for isCritical in [false, true] {
            var victim = Victim { $0.reliability?.retransmissionLimit = 3 }
            victim.record(isCritical ? Offer(.event, "deploy", text: "now") : Offer(.counter, "c", value: 1))
            victim.turn()
            for step in 1..<100 as Range<UInt64> {
                victim.now = .milliseconds(step)
                victim.turn()
                victim.receive(missing: [1...1], AnswerNumber(epoch: 1, counter: UInt32(step)))
                victim.turn()
            }
            // The first time-out without an answer that says how long it takes is longer than all of that.
            #expect(victim.sendings[1] == 4 && victim.client.repairCounts.exhausted == 1)
            for step in 1..<200 as Range<UInt64> {
                victim.now = .milliseconds(100 + step * 100)
                victim.turn()
            }
            if isCritical {
                #expect(victim.sendings[1] ?? 0 > 10, "\(victim.client.repairCounts)")
            } else {
                #expect(victim.sendings[1] == 4)
            }
        }
    }

    @Test("what waits for bytes goes out when the floor allows, at the instant that was foretold")
    func delayed() {
        var victim = Victim {
            $0.reliability?.criticalCapacity = 0
            $0.reliability?.historyCapacity = 1 << 16
            $0.reliability?.retransmissionPercent = 0
            $0.reliability?.retransmissionFloor = 1024
            $0.reliability?.runningTotalCapacity = 0
        }
        for step in 0..<400 as Range<UInt64> { victim.record(Offer(.counter, "metric.number.\(step)", value: 1)) }
        victim.turn()
        var counter: UInt32 = 0
        var asked = 0
        // Until all that is kept has gone out more than once, and the bucket is empty.
        while victim.client.repairCounts.delayed == 0, asked < 100 {
            counter += 1
            asked += 1
            victim.now = .milliseconds(UInt64(asked))
            victim.receive(missing: [1...400], AnswerNumber(epoch: 1, counter: counter))
            victim.turn()
        }
        #expect(victim.client.repairCounts.delayed == 1)
        for _ in 0..<20 {
            let before = victim.again
            guard let due = victim.client.nextDeadline, due > victim.now else {
                Issue.record("what waits has a time")
                return
            }
            victim.now = Instant(nanoseconds: due.nanoseconds - 1)
            victim.turn()
            #expect(victim.again == before, "nothing goes out before its time")
            victim.now = due
            victim.turn()
            // Heartbeats have times of their own.
            if victim.again > before { #expect(victim.again - before < 300) }
        }
        #expect(victim.client.repairCounts.delayed > 5)
    }

    @Test("forged answers of every kind neither trap the client, nor fill its memory, nor hold its end up",
        arguments: 1...40 as ClosedRange<UInt64>)
    func anything(seed: UInt64) {
        let random = KeyedRandom(seed: seed)
        var draws: UInt64 = 0
        func draw(_ limit: UInt64) -> UInt64 {
            draws += 1
            return random.draw(rule: 1, flow: 0, sequence: draws) % limit
        }
        var victim = Victim {
            $0.reliability?.lingerLimit = .seconds(5)
            $0.reliability?.unansweredLimit = .seconds(5)
            $0.breaker = BreakerConfiguration()
        }
        for step in 0..<600 as Range<UInt64> {
            victim.now = victim.now + .milliseconds(Int64(draw(40)))
            victim.record(step % 5 == 0 ? Offer(.event, "e", text: "t") : Offer(.counter, "c\(step % 9)", value: 1))
            victim.turn()
            for _ in 0..<draw(4) {
                let floor = draw(3) == 0 ? 0 : draw(victim.highest + 2)
                var missing: [ClosedRange<UInt64>] = []
                var next = floor + 1 + draw(5)
                while next <= victim.highest, missing.count < Int(draw(200)) {
                    let end = next + draw(9)
                    missing.append(next...end)
                    next = end + 2 + draw(20)
                }
                // Some of them contradict themselves, or speak of what was never sent; those are passed over.
                victim.receive(
                    floor: floor, missing: missing, highest: draw(4) == 0 ? draw(victim.highest + 3) : victim.highest,
                    latest: draw(3) == 0 ? .max : draw(victim.highest + 2), held: Nanoseconds(Int64(draw(1 << 62))),
                    AnswerNumber(epoch: UInt32(draw(6)), counter: draw(9) == 0 ? .max : UInt32(draw(3000))))
            }
            victim.turn()
        }
        victim.client.close(at: victim.now)
        let closed = victim.now
        while victim.client.isClosed == false, victim.now < closed + .seconds(60) {
            victim.turn()
            victim.receive(
                missing: [1...victim.highest], AnswerNumber(epoch: UInt32(draw(6)), counter: UInt32(4000 + draw(3000))))
            victim.now = victim.now + .milliseconds(20)
        }
        #expect(victim.client.isClosed == true, "seed \(seed)")
        #expect(victim.now <= closed + .seconds(6), "seed \(seed): closed \((victim.now - closed).seconds) s later")
        let bounds = ReliabilityConfiguration()
        let seconds = victim.now.nanoseconds / 1_000_000_000 + 1
        // The timer's own packets come on top: one in 50 ms at most.
        let most = UInt64(bounds.criticalCapacity + bounds.historyCapacity) + victim.once
            + seconds * UInt64(bounds.retransmissionFloor) + seconds * 20 * 200
        #expect(victim.again <= most, "seed \(seed): \(victim.again) bytes")
    }

    @Test("who claims arrival makes the client forget: that is what nobody can prevent")
    func hidesLoss() {
        var victim = Victim()
        victim.record(Offer(.event, "deploy", text: "now"))
        victim.turn()
        victim.receive(floor: victim.highest, AnswerNumber(epoch: 1, counter: 1))
        for step in 1..<100 as Range<UInt64> {
            victim.now = .milliseconds(step * 100)
            victim.turn()
        }
        #expect(victim.sendings[1] == 1 && victim.client.repairCounts.unconfirmed == 0)
    }

    @Test("an answer as long as the longest round trip there is neither overflows nor holds anything up beyond the limit",
        arguments: [1 << 43, 1 << 62] as [UInt64])
    func longestRoundTrip(length: UInt64) {
        var victim = Victim()
        victim.record(Offer(.event, "first", text: "t"))
        victim.turn()
        victim.now = Instant(nanoseconds: length)
        victim.receive(floor: 1, latest: 1, AnswerNumber(epoch: 1, counter: 1))
        victim.record(Offer(.event, "second", text: "t"))
        victim.turn()
        // Each time-out doubles the next one, and the longest is a second.
        for _ in 0..<64 {
            guard let due = victim.client.nextDeadline else { break }
            #expect(due <= victim.now + .seconds(1))
            victim.now = max(due, victim.now)
            victim.turn()
        }
        #expect(victim.client.repairCounts.timeouts > 20)
    }

    @Test("a clock that jumps anywhere, and configurations at their limits, trap nowhere",
        arguments: [false, true], 1...12 as ClosedRange<UInt64>)
    func jumps(isExtreme: Bool, seed: UInt64) throws {
        let times: [UInt64] = [0, 1, 999, 1 << 43, 1 << 62, (1 << 63) - 1, 1 << 63, .max - 1, .max]
        let random = KeyedRandom(seed: seed)
        var victim = Victim {
            $0.breaker = BreakerConfiguration()
            $0.parity = ParityConfiguration()
            $0.redundancy = .critical
            $0.aggregation = seed % 2 == 0 ? AggregatorConfiguration() : nil
            guard isExtreme else { return }
            $0.heartbeatInterval = .seconds(86_400)
            $0.maximumBatchAge = .seconds(3600)
            $0.copySpread = .seconds(60)
            $0.closingInterval = .seconds(60)
            $0.reliability?.shortestTimeout = .seconds(60)
            $0.reliability?.longestTimeout = .seconds(3600)
            $0.reliability?.lingerLimit = .seconds(3600)
            $0.reliability?.runningTotalInterval = .seconds(3600)
            $0.reliability?.retransmissionFloor = 1 << 30
            $0.reliability?.retransmissionPercent = 1000
        }
        for step in 0..<200 as Range<UInt64> {
            victim.now = Instant(nanoseconds: times[Int(random.draw(rule: 1, flow: 0, sequence: step) % UInt64(times.count))])
            victim.record(step % 3 == 0 ? Offer(.event, "e", text: "t") : Offer(.counter, "c", value: 1))
            // Nothing polls for ever, although everything may be overdue at the end of time.
            for _ in 0..<50 where victim.client.pollTransmit(at: victim.now, epoch: step % 2 == 0 ? .max : .min) != nil {
                victim.client.handleSendOutcome(step % 7 == 0 ? .failed : .sent, at: victim.now)
            }
            let sent = victim.client.accounting.packetsSent
            let bytes = Self.answer(
                missing: sent > 2 ? [1...sent - 1] : [], highest: sent, latest: sent, held: Nanoseconds(.max),
                AnswerNumber(epoch: UInt32(step % 3), counter: UInt32(step + 1)))
            victim.client.handleAcknowledgement(bytes.span, at: victim.now)
            _ = victim.client.nextDeadline
        }
        victim.client.close(at: victim.now)
        for _ in 0..<50 { _ = victim.client.pollTransmit(at: victim.now, epoch: 0) }
        #expect(victim.client.accounting.packetsSent > 10)
    }
}
