import StatsBuffers
import StatsModel
import StatsPipeline
import StatsReceiver
import StatsWire
import Testing
import TestSupport

/// Parity in the whole machine: what is covered, when parities go out, and that data never waits for them.
@Suite("a client with parity") struct ClientParityTests {
    private static func driver(
        _ parity: ParityConfiguration, _ change: (inout ClientConfiguration) -> Void = { _ in }
    ) -> TestDriver {
        TestDriver {
            $0.parity = parity
            $0.batchSize = 1
            change(&$0)
        }
    }

    private static func count(_ driver: inout TestDriver, _ numbers: Range<Int>, at now: Instant) {
        for number in numbers { _ = driver.record(Offer(.counter, "a", value: Double(number)), at: now) }
    }

    private static func kinds(_ driver: borrowing TestDriver) -> String {
        driver.packets.map { packet in
            switch packet.header.kind {
            case .data: "d"
            case .parity: "p"
            case .heartbeat: "h"
            case .closing: "c"
            case .acknowledgement: "a"
            }
        }.joined()
    }

    @Test("parities follow their block at once, in front of the data behind it")
    func order() throws {
        var driver = Self.driver(ParityConfiguration(groupSize: 2, parityCount: 2, interleave: 2))
        Self.count(&driver, 0..<9, at: .start)
        try driver.pollAll(at: .start)
        #expect(Self.kinds(driver) == "ddddppppddddppppd")
        let firsts = driver.packets.filter { $0.header.kind == .parity }.map(\.header.sequence)
        #expect(firsts == [1, 2, 1, 2, 5, 6, 5, 6])
        let traffic = driver.pipeline.parityTraffic
        let bytes = driver.packets.filter { $0.header.kind == .parity }.reduce(0) { $0 + $1.byteCount }
        #expect(traffic.packets == 8 && traffic.byteCount == UInt64(bytes) && traffic.skipped == 0)
        #expect(driver.pipeline.packetsSent == 9, "parities have no numbers of their own")
    }

    @Test("a block ends by its age, which is the deadline, and not before")
    func age() throws {
        var driver = Self.driver(ParityConfiguration(groupSize: 4, parityCount: 1, interleave: 2, maximumAge: .milliseconds(70))) {
            $0.heartbeatInterval = .seconds(100)
        }
        Self.count(&driver, 0..<3, at: .milliseconds(5))
        try driver.pollAll(at: .milliseconds(5))
        #expect(Self.kinds(driver) == "ddd" && driver.pipeline.nextDeadline == .milliseconds(75))
        let early = try driver.pollAll(at: Instant(nanoseconds: 74_999_999))
        #expect(early == 0)
        try driver.pollAll(at: .milliseconds(75))
        // Three packets fit into one group of four.
        #expect(Self.kinds(driver) == "dddp")
        #expect(driver.pipeline.nextDeadline.map { $0 > .milliseconds(1000) } == true, "only the heartbeat is left")
    }

    @Test("a flush ends the block behind the data it sends")
    func flush() throws {
        var driver = Self.driver(ParityConfiguration(groupSize: 8, parityCount: 2, interleave: 1)) { $0.batchSize = 50 }
        Self.count(&driver, 0..<3, at: .start)
        driver.pipeline.flush()
        try driver.pollAll(at: .start)
        #expect(Self.kinds(driver) == "dpp")
        Self.count(&driver, 3..<4, at: .milliseconds(1))
        let held = try driver.pollAll(at: .milliseconds(1))
        #expect(held == 0, "the flush is over")
    }

    @Test("a client that closes sends its parities in front of the closing packets, also where it sends none of those", arguments: [0, 1, 3])
    func close(copies: Int) throws {
        var driver = Self.driver(ParityConfiguration(groupSize: 8, parityCount: 2, interleave: 2)) {
            $0.closingCopies = copies
            $0.redundancy = .all
            $0.copySpread = .milliseconds(20)
        }
        Self.count(&driver, 0..<5, at: .start)
        try driver.pollAll(at: .start)
        try driver.finish(at: .milliseconds(1))
        #expect(Self.kinds(driver) == "dddddpp" + String(repeating: "c", count: copies) && driver.copies.count == 5)
        #expect(driver.pipeline.isClosed && driver.pipeline.nextDeadline == nil)
    }

    @Test("data packets leave room for their parity, and an event that fits no such packet is refused", arguments: TestDriver.codecs)
    func room(codec: PacketCodec) throws {
        var driver = Self.driver(ParityConfiguration(groupSize: 3, parityCount: 2, interleave: 1)) {
            $0.codec = codec
            $0.batchSize = 50
            $0.maximumPacketSize = 400
            $0.largeEventLimit = 0
        }
        var isRefused = false
        for length in 1...400 {
            let offer = Offer(.event, "title", text: String(repeating: "x", count: length))
            isRefused = driver.record(offer, at: .start) == .refused(.oversize) || isRefused
        }
        try driver.finish(at: .start)
        #expect(isRefused && driver.data.allSatisfy { $0.byteCount <= 352 })
        let parities = driver.packets.filter { $0.header.kind == .parity }
        #expect(!parities.isEmpty && parities.allSatisfy { $0.byteCount <= 400 })
        #expect(parities.map(\.byteCount).max().map { $0 > 390 } == true, "the room is used")
        #expect(driver.offered.counts == driver.delivered.counts + driver.pipeline.dropped.lost.counts)
    }

    @Test("behind an open breaker nothing goes out, and what was under way at the end is given up and counted")
    func breaker() throws {
        var driver = Self.driver(ParityConfiguration(groupSize: 2, parityCount: 2, interleave: 2)) {
            var breaker = BreakerConfiguration()
            breaker.failureThreshold = 2
            breaker.openFor = .seconds(1000)
            breaker.maximumOpenFor = .seconds(1000)
            $0.breaker = breaker
        }
        driver.isFailing = { packet, _ in packet.kind == .parity }
        Self.count(&driver, 0..<4, at: .start)
        try driver.pollAll(at: .start)
        #expect(Self.kinds(driver) == "ddddpp", "two parities fail in a row")
        try driver.finish(at: .milliseconds(1))
        let traffic = driver.pipeline.parityTraffic
        #expect(traffic.packets == 2 && traffic.skipped == 2)
        let isClosed = driver.pipeline.isClosed
        #expect(isClosed)
    }

    @Test("a crash gives up what is under way")
    func crash() throws {
        var driver = Self.driver(ParityConfiguration(groupSize: 2, parityCount: 2, interleave: 2))
        Self.count(&driver, 0..<3, at: .start)
        try driver.pollAll(at: .start)
        driver.pipeline.crash(at: .start)
        // Three packets: two groups, one of them of one.
        #expect(driver.pipeline.isClosed && driver.pipeline.parityTraffic.skipped == 4)
    }

    @Test("whatever is configured, every packet that one parity can give back comes back, and deadlines are exact",
        arguments: 1...80 as ClosedRange<UInt64>)
    func properties(seed: UInt64) throws {
        var load = RandomLoad(seed: seed)
        let random = KeyedRandom(seed: seed)
        var configuration = ClientConfiguration.bare
        load.shrink(&configuration)
        configuration.parity = ParityConfiguration(
            groupSize: 1 + load.draw(12), parityCount: 1 + load.draw(4), interleave: 1 + load.draw(4),
            maximumAge: .milliseconds(Int64(1 + load.draw(80))))
        let parityCount = configuration.parity?.parityCount ?? 0
        var client = ClientPipeline(configuration: configuration, session: 5)
        var listening = ReceiverConfiguration()
        listening.listensFromStart = true
        listening.parity = ParityDecoderConfiguration()
        var receiver = StatsReceiver(configuration: listening)
        var now = Instant.start
        var (lost, back): (Set<UInt64>, Set<UInt64>) = ([], [])
        var lostOfGroup = 0
        func turn(_ client: inout ClientPipeline, _ receiver: inout StatsReceiver) {
            while let packet = client.pollTransmit(at: now, epoch: TestDriver.epoch) {
                #expect(packet.byteCount <= (packet.kind == .data ? configuration.maximumDataSize : configuration.maximumPacketSize))
                // Of `parityCount` consecutive packets one at most: no group loses more than it has parities.
                if packet.kind == .data, lostOfGroup == 0, random.chance(Ratio(1, outOf: 3), rule: 3, flow: 0, sequence: packet.sequence) {
                    lost.insert(packet.sequence)
                    lostOfGroup = (configuration.parity?.groupSize ?? 1) * (configuration.parity?.interleave ?? 1)
                    continue
                }
                if packet.kind == .data { lostOfGroup = max(0, lostOfGroup - 1) }
                let bytes = client.withDatagram { span in (0..<span.count).map { span[$0] } }
                _ = receiver.receive(bytes.span, from: SourceID(1), at: now)
                while let rebuilt = receiver.pollRebuilt(at: now) {
                    guard case .accepted(let header, _) = rebuilt.outcome else {
                        Issue.record("seed \(seed): \(rebuilt.outcome)")
                        continue
                    }
                    back.insert(header.sequence)
                }
            }
            // A poll that gave nothing leaves a deadline that does not lie in the past.
            if let deadline = client.nextDeadline { #expect(deadline > now || client.bufferedCount > 0, "seed \(seed)") }
        }
        for step in 0..<300 {
            let (event, bytes) = Offer(.counter, "metric\(load.draw(5))", value: Double(step)).decoded
            _ = client.record(event, bytes: bytes.span, timestamp: TestDriver.epoch, at: now)
            if load.draw(4) == 0 {
                let next = now + .milliseconds(Int64(load.draw(60)))
                while let deadline = client.nextDeadline, deadline <= next {
                    now = max(now, deadline)
                    turn(&client, &receiver)
                }
                now = next
            }
        }
        client.close(at: now)
        while let deadline = client.nextDeadline {
            now = max(now, deadline)
            turn(&client, &receiver)
        }
        #expect(client.isClosed && parityCount > 0)
        #expect(back == lost, "seed \(seed): \(configuration), lost \(lost.sorted()), back \(back.sorted())")
        receiver.finish(at: now)
        #expect(receiver.sessions.first.map { $0.lost == 0 && $0.rebuilt == UInt64(lost.count) } ?? (client.packetsSent == 0))
    }

    @Test("errors name the field, what it is and what it may be")
    func validation() {
        func error(_ change: (inout ParityConfiguration) -> Void) -> String {
            var configuration = ClientConfiguration.parity
            var parity = ParityConfiguration()
            change(&parity)
            configuration.parity = parity
            do {
                try configuration.validate()
                return "none"
            } catch {
                return "\(error.field) is \(error.value), allowed \(error.allowed)"
            }
        }
        #expect(error { _ in } == "none")
        #expect(error { $0.groupSize = 65 } == "parity.groupSize is 65, allowed 1 to 64")
        #expect(error { $0.parityCount = 0 } == "parity.parityCount is 0, allowed 1 to 8")
        #expect(error { $0.interleave = 17 } == "parity.interleave is 17, allowed 1 to 16")
        #expect(error { $0.maximumAge = .zero }.hasPrefix("parity.maximumAge is 0"))
    }

    @Test("its memory is part of the budget, and of what a limit has to have room for")
    func memory() throws {
        let bare = ClientConfiguration.bare
        var covered = bare
        covered.parity = ParityConfiguration(groupSize: 16, parityCount: 8, interleave: 16)
        #expect(covered.fixedMemory == bare.fixedMemory + 8 * 16 * 1472)
        #expect(covered.maximumDataSize == 1424 && bare.maximumDataSize == 1472)
        covered.memoryLimit = bare.fixedMemory
        #expect(throws: ConfigurationError.self) { try covered.validate() }
        covered.memoryLimit = covered.fixedMemory
        try covered.validate()
        let client = ClientPipeline(configuration: covered, session: 1)
        let used = client.memory?.used
        #expect(used == covered.fixedMemory)
    }

    @Test("text formats have none, whatever stands there")
    func text() throws {
        var configuration = ClientConfiguration.parity
        configuration.format = .dogstatsd
        try configuration.validate()
        #expect(configuration.activeParity == nil && configuration.maximumDataSize == configuration.maximumPacketSize)
        var client = ClientPipeline(configuration: configuration, session: 1)
        let (event, bytes) = Offer(.counter, "a", value: 1).decoded
        _ = client.record(event, bytes: bytes.span, timestamp: 0, at: .start)
        client.close(at: .start)
        var kinds: [PacketKind] = []
        while let packet = client.pollTransmit(at: .start, epoch: 0) { kinds.append(packet.kind) }
        #expect(kinds == [.data] && client.parityTraffic == ParityTraffic())
    }
}
