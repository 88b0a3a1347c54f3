import StatsModel
import StatsReceiver
import StatsWire
import Testing
import TestSupport

@testable import StatsPipeline

/// What the client tells of its counters and gauges, and when.
@Suite("running totals") struct RunningTotalsTests {
    /// A client, and a receiver that may answer; the network loses what the test says, both ways.
    struct Link: ~Copyable, TurnedInTime {
        var client: ClientPipeline
        var receiver: StatsReceiver
        var random: KeyedRandom
        var loss: UInt64
        var isAnswering: Bool
        var isSilent = false
        var now = Instant.start
        private var draws: UInt64 = 0
        /// Events of counters and gauges sealed, and delivered, by name.
        private(set) var sealed: [String: UInt64] = [:]
        private(set) var delivered: [String: UInt64] = [:]
        private var sealedThrough: UInt64 = 0
        /// Of packets with running totals: when, and of how many metrics.
        private(set) var reported: [(time: Instant, kind: PacketKind, count: Int)] = []
        private(set) var heardClosing = false
        private(set) var misses = 0

        init(
            seed: UInt64 = 1, loss: UInt64 = 0, isAnswering: Bool = true, _ change: (inout ClientConfiguration) -> Void = { _ in }
        ) {
            var configuration = ClientConfiguration()
            configuration.batchSize = 3
            change(&configuration)
            client = ClientPipeline(configuration: configuration, session: 7)
            var listening = ReceiverConfiguration()
            listening.listensFromStart = true
            listening.maximumRunningTotals = 1000
            listening.acknowledgement = isAnswering ? AcknowledgementConfiguration() : nil
            receiver = StatsReceiver(configuration: listening)
            random = KeyedRandom(seed: seed)
            self.loss = loss
            self.isAnswering = isAnswering
        }

        mutating func record(_ offer: Offer) {
            let (event, bytes) = offer.decoded
            _ = client.record(event, bytes: bytes.span, timestamp: TestDriver.epoch + Int64(now.nanoseconds), at: now)
        }

        private mutating func isLost() -> Bool {
            draws += 1
            return isSilent || random.chance(Ratio(loss, outOf: 100), rule: 1, flow: 0, sequence: draws)
        }

        var nextDeadline: Instant? {
            mutating get { [client.nextDeadline, receiver.nextDeadline].compactMap { $0 }.min() }
        }

        mutating func turn() {
            receiver.handleTimeout(at: now)
            while let packet = client.pollTransmit(at: now, epoch: TestDriver.epoch) {
                take(packet, client.withDatagram { span in (0..<span.count).map { span[$0] } })
                answer()
            }
            // Once a poll answered nil its deadline is exact.
            if let deadline = client.nextDeadline, deadline <= now { misses += 1 }
            answer()
        }

        private mutating func take(_ packet: OutgoingPacket, _ bytes: [UInt8]) {
            guard let header = try? PacketHeader(decoding: bytes.span) else { return }
            if header.kind == .data, header.sequence > sealedThrough {
                sealedThrough = header.sequence
                count(bytes, header, isSealed: true)
            }
            var runningTotals = 0
            var reader = RunningTotalReader(bytes.span, header: header)
            while case .runningTotal = reader.next(bytes.span) { runningTotals += 1 }
            if runningTotals > 0 { reported.append((now, header.kind, runningTotals)) }
            if isLost() { return }
            switch receiver.receive(bytes.span, from: SourceID(1), at: now) {
            case .accepted(let header, _):
                count(bytes, header, isSealed: false)
            case .control: if header.kind == .closing, runningTotals == sealed.count { heardClosing = true }
            case .duplicate, .outOfRange, .corrupt: break
            }
        }

        private mutating func count(_ bytes: [UInt8], _ header: PacketHeader, isSealed: Bool) {
            var decoder = EventDecoder()
            decoder.beginPacket(bytes.span, header: header)
            while case .event(let event) = decoder.next(bytes.span) {
                guard event.type == .counter || event.type == .gauge else { continue }
                let name: String
                if event.isInScratch {
                    let scratch = decoder.scratch
                    name = String(decoding: event.name.range.map { scratch.span[$0] }, as: UTF8.self)
                } else {
                    name = String(decoding: bytes[event.name.range], as: UTF8.self)
                }
                if isSealed {
                    sealed[name, default: 0] += UInt64(event.count)
                } else {
                    delivered[name, default: 0] += UInt64(event.count)
                }
            }
        }

        private mutating func answer() {
            while receiver.pollAcknowledgement(at: now) != nil {
                let bytes = receiver.withAcknowledgement { span in (0..<span.count).map { span[$0] } }
                if !isLost() { client.handleAcknowledgement(bytes.span, at: now) }
            }
        }

        mutating func finish() -> Bool {
            client.close(at: now)
            let isDone = run(to: now + .seconds(120))
            receiver.finish(at: now)
            return isDone
        }

        var recovered: [String: RecoveredMetric] {
            var result: [String: RecoveredMetric] = [:]
            for metric in receiver.recoveredByTotals { result[metric.label] = metric }
            return result
        }
    }

    private static func offer(_ step: UInt64) -> Offer {
        switch step % 5 {
        case 0: Offer(.gauge, "g\(step % 3)", value: Double(step))
        case 1: Offer(.timing, "t", value: 1)
        default: Offer(.counter, "c\(step % 7)", value: Double(step % 11))
        }
    }

    @Test("a receiver that answers and gets what it asks for costs nothing, at any loss", arguments: [0, 3, 20] as [UInt64])
    func healthy(loss: UInt64) {
        var link = Link(seed: 3, loss: loss)
        for step in 0..<2000 as Range<UInt64> {
            link.record(Self.offer(step))
            _ = link.run(to: .milliseconds(step * 5))
        }
        #expect(link.reported.isEmpty, "\(link.reported)")
        let isDone = link.finish()
        #expect(isDone)
        #expect(link.client.runningTotalCounts.packets == 0 && link.client.runningTotalCounts.metrics == 10)
        #expect(link.delivered == link.sealed)
        #expect(link.recovered.values.allSatisfy { $0.count == 0 })
    }

    @Test(
        "delivered and recovered are what was sealed, of every counter, once a closing packet with its running totals arrived",
        arguments: 1...40 as ClosedRange<UInt64>)
    func everyCounter(seed: UInt64) {
        let (isAnswering, hasHistory) = (seed % 2 == 0, seed % 4 == 0)
        var link = Link(seed: seed, loss: seed % 5 * 10, isAnswering: isAnswering) {
            $0.reliability?.historyCapacity = hasHistory ? 1024 : 0
            if seed % 3 == 0 { $0.aggregation = AggregatorConfiguration() }
            if seed % 7 == 0 { $0.codec = .json }
        }
        for step in 0..<1500 as Range<UInt64> {
            link.isSilent = seed % 6 == 1 && (500..<900).contains(step)
            link.record(Self.offer(step))
            _ = link.run(to: .milliseconds(step * 5))
        }
        link.isSilent = false
        let isDone = link.finish()
        #expect(isDone, "seed \(seed)")
        #expect(link.misses == 0, "seed \(seed)")
        let recovered = link.recovered
        for (name, sealed) in link.sealed {
            let sum = (link.delivered[name] ?? 0) + (recovered[name]?.count ?? 0)
            #expect(sum <= sealed, "seed \(seed), \(name)")
            if name.hasPrefix("c"), link.heardClosing { #expect(sum == sealed, "seed \(seed), \(name)") }
        }
        let isLossy = seed % 5 > 0 && !hasHistory
        if isLossy, link.heardClosing { #expect(recovered.values.contains { $0.count > 0 }, "seed \(seed): nothing was proved") }
    }

    @Test("without answers each change is sent twice, an interval apart, and later changes once more at the close")
    func undetectable() {
        var link = Link(isAnswering: false) { $0.reliability?.runningTotalInterval = .milliseconds(200) }
        link.record(Offer(.counter, "a", value: 1))
        link.record(Offer(.gauge, "b", value: 1))
        _ = link.run(to: .milliseconds(2000))
        // Sealed when it is 100 ms old.
        #expect(link.reported.map(\.time) == [.milliseconds(300), .milliseconds(500)])
        #expect(link.reported.allSatisfy { $0.kind == .heartbeat && $0.count == 2 })
        link.record(Offer(.counter, "a", value: 1))
        _ = link.run(to: .milliseconds(4000))
        #expect(link.reported.count == 4 && link.reported[2].count == 1)
        let isDone = link.finish()
        #expect(isDone)
        #expect(link.reported.count == 5 && link.reported[4].kind == .closing && link.reported[4].count == 2)
        #expect(link.client.runningTotalCounts.runningTotals == 8)
    }

    @Test("what was not sent before the close goes with every closing packet, more of it in packets of its own")
    func closing() {
        var link = Link(isAnswering: false) { $0.closingCopies = 3 }
        for number in 0..<60 { link.record(Offer(.counter, "a.rather.long.name.of.a.counter.\(number)", value: 1)) }
        let isDone = link.finish()
        #expect(isDone)
        #expect(link.reported.reduce(0) { $0 + $1.count } == 180)
        #expect(link.reported.filter { $0.kind == .closing }.count == 3 && link.reported.count == 9, "\(link.reported)")
        #expect(link.client.isClosed == true)
    }

    @Test("a metric that finds no room is counted and not sent, and neither is a gauge whose level nobody stated")
    func bounds() {
        var link = Link(isAnswering: false) { $0.reliability?.runningTotalCapacity = 2 }
        for step in 0..<4 { for name in ["a", "b", "c"] { link.record(Offer(.counter, name, value: Double(step))) } }
        let isDone = link.finish()
        #expect(isDone)
        #expect(link.client.runningTotalCounts.metrics == 2 && link.client.runningTotalCounts.unsentEvents == 4)
        #expect(link.reported.allSatisfy { $0.count == 2 } && !link.reported.isEmpty)

        var gauges = Link(isAnswering: false)
        gauges.record(Offer(.gauge, "d", value: 5, flags: .gaugeDelta))
        let areDone = gauges.finish()
        #expect(areDone && gauges.reported.isEmpty)
        var known = Link(isAnswering: false)
        known.record(Offer(.gauge, "d", value: 5))
        known.record(Offer(.gauge, "d", value: 2, flags: .gaugeDelta))
        known.isSilent = true
        _ = known.run(to: .milliseconds(500))
        known.isSilent = false
        let isKnownDone = known.finish()
        #expect(isKnownDone)
        #expect(known.recovered["d"]?.level == 7 && known.recovered["d"]?.count == 1)
    }

    @Test("a capacity or an interval of nothing, text, and the bare client tell nothing", arguments: [0, 1, 2, 3])
    func off(_ way: Int) {
        var link = Link(isAnswering: false) {
            switch way {
            case 0: $0.reliability?.runningTotalCapacity = 0
            case 1: $0.reliability?.runningTotalInterval = .zero
            case 2: $0.reliability = nil
            default: $0.format = .dogstatsd
            }
        }
        for step in 0..<50 as Range<UInt64> {
            link.record(Self.offer(step))
            _ = link.run(to: .milliseconds(step * 50))
        }
        let isDone = link.finish()
        let counts = link.client.runningTotalCounts
        #expect(isDone && link.reported.isEmpty && counts == RunningTotalCounts())
    }

    @Test("the configuration says what it costs, and refuses what is out of range by name")
    func configuration() throws {
        var with = ClientConfiguration()
        var without = with
        without.reliability?.runningTotalCapacity = 0
        #expect(with.fixedMemory - without.fixedMemory == RunningTotals.memory(capacity: 1024))
        with.reliability?.runningTotalCapacity = 20_000
        #expect(throws: ConfigurationError.self) { try with.validate() }
        with.reliability?.runningTotalCapacity = 10
        with.reliability?.runningTotalInterval = .microseconds(10)
        do {
            try with.validate()
            Issue.record("an interval of 10 µs is refused")
        } catch {
            #expect(error.field == "reliability.runningTotalInterval")
        }
        #expect(ClientConfiguration.bare.reliability == nil)
        #expect(ClientConfiguration.lowMemory.reliability?.sendsRunningTotals == false, "its memory is for metrics")
        for preset in [ClientConfiguration.standard, .reliable, .unreliableNetwork] { #expect(preset.reliability?.sendsRunningTotals == true) }
    }

    @Test("a client that crashes, or closes behind an open breaker, tells nothing more")
    func abandoned() {
        var link = Link(isAnswering: false)
        link.record(Offer(.counter, "a", value: 1))
        _ = link.run(to: .milliseconds(500))
        link.client.crash(at: link.now)
        #expect(link.client.isClosed == true && link.client.nextDeadline == nil)
        let packet = link.client.pollTransmit(at: link.now + .seconds(9), epoch: 0)
        #expect(packet == nil)
    }
}
