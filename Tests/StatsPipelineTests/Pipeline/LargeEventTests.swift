import StatsBuffers
import StatsModel
import StatsReceiver
import StatsWire
import Testing
import TestSupport

@testable import StatsPipeline

/// Events longer than a packet: alone in a datagram of their own, in order, counted apart.
@Suite("events longer than a packet") struct LargeEventTests {
    /// One of each type whose strings take `length` bytes, in each string that may be long.
    static func offers(_ length: Int) -> [Offer] {
        let long = String(repeating: "x", count: length)
        return [
            Offer(.counter, "c." + long, value: 1), Offer(.gauge, "g", tags: "a," + long, value: 2, flags: .gaugeDelta),
            Offer(.timing, "t", extra: "c:" + long, value: 1.5), Offer(.histogram, "h." + long, tags: "b", value: 3, rate: 0.5),
            Offer(.distribution, "d." + long, value: 4), Offer(.set, "s", text: long), Offer(.set, "s." + long, text: "member"),
            Offer(.event, "title", tags: "a,b", extra: "h:web", text: long), Offer(.event, long, text: "text"),
            Offer(.event, "escaped", text: String(repeating: "ab\\n", count: length / 3), flags: .escapedText),
            Offer(.serviceCheck, "check", text: long, value: 2),
        ]
    }

    /// Events that are counted once and for all: records of events that another client added up keep their count.
    static func counted(_ offer: Offer, _ count: UInt32) -> Offer {
        var offer = offer
        if offer.type.isAggregable { offer.count = count }
        return offer
    }

    @Test("of every type, in every codec, with parity and without, bare or twice: each arrives alone, in order",
        arguments: TestDriver.codecs, [false, true])
    func everyType(codec: PacketCodec, hasParity: Bool) throws {
        for redundancy in Redundancy.allCases {
            var driver = TestDriver {
                $0.codec = codec
                $0.redundancy = redundancy
                $0.copyLimit = 4096
                if hasParity { $0.parity = ParityConfiguration(groupSize: 3, parityCount: 2, interleave: 2) }
            }
            var expected: [Offer] = []
            for (index, offer) in Self.offers(3000).enumerated() {
                let small = Offer(.counter, "small.\(index)", value: 1)
                for offer in [small, Self.counted(offer, index % 2 == 0 ? 1 : 70_000), small] {
                    let result = driver.record(offer, at: .start)
                    #expect(result == .buffered)
                    expected.append(offer.arrived(recordedAt: TestDriver.epoch))
                }
            }
            try driver.finish(at: .milliseconds(1))
            #expect(driver.data.flatMap(\.events).map(\.name) == expected.map(\.name))
            #expect(driver.delivered == driver.offered && driver.pipeline.dropped == Ledger())
            let limit = driver.pipeline.configuration.maximumDataSize
            let large = driver.data.filter { $0.byteCount > limit }
            #expect(large.count == Self.offers(0).count && large.allSatisfy { $0.events.count == 1 })
            let counts = driver.pipeline.largePackets
            #expect(counts.packets == UInt64(large.count) && counts.byteCount == UInt64(large.reduce(0) { $0 + $1.byteCount }))
            #expect(driver.pipeline.parityTraffic.uncovered == (hasParity ? counts.packets : 0))
            switch redundancy {
            case .none: #expect(driver.copies.isEmpty)
            case .critical: #expect(driver.copies.count { $0.byteCount > limit } == 4)
            case .all: #expect(driver.copies.count == driver.data.count && driver.pipeline.copyCounts.skipped == 0)
            }
            for packet in driver.packets where packet.header.kind == .parity { #expect(packet.byteCount <= 1472) }
        }
    }

    @Test("to the byte: what takes the limit goes out, one byte more is oversize, and nothing between is lost",
        arguments: TestDriver.codecs, 1...12 as ClosedRange<UInt64>)
    func boundary(codec: PacketCodec, seed: UInt64) throws {
        var load = RandomLoad(seed: seed)
        let size = 176 + load.draw(1300)
        let limit = [size - 40, size + load.draw(3000), 8192][load.draw(3)]
        var driver = TestDriver {
            $0.codec = codec
            $0.batchSize = 1
            $0.maximumPacketSize = size
            $0.largeEventLimit = limit
            $0.textCapacity = 1 << 17
            $0.bufferCapacity = 16
        }
        for base in [size - 40, max(limit, size - 40)] {
            for step in -110...10 {
                let offer = Offer(.event, "title", text: String(repeating: "x", count: max(1, base + step)))
                let record = Self.recordCount(offer, codec)
                let before = (driver.data.count, driver.pipeline.dropped[.oversize].counts.total, driver.pipeline.largePackets.packets)
                _ = driver.record(offer, at: .start)
                try driver.pollAll(at: .start)
                let fits = record <= max(limit, size - 40)
                #expect(driver.data.count - before.0 == (fits ? 1 : 0), "seed \(seed): \(record) of \(limit)")
                let (lost, large) = (driver.pipeline.dropped[.oversize].counts.total, driver.pipeline.largePackets.packets)
                #expect(lost - before.1 == (fits ? 0 : 1), "seed \(seed): \(record) of \(limit)")
                #expect(large - before.2 == (fits && record > size - 40 ? 1 : 0), "seed \(seed): \(record) of \(size)")
            }
        }
        #expect(driver.delivered.counts + driver.pipeline.dropped.lost.counts == driver.offered.counts)
    }

    /// Bytes of the event as it is encoded alone, by a builder without any limit.
    static func recordCount(_ offer: Offer, _ codec: PacketCodec) -> Int {
        var builder = PacketBuilder(maximumSize: 65_507, codec: codec)
        builder.begin(timestamp: UInt64(TestDriver.epoch))
        let (event, bytes) = offer.decoded
        let slot = StatEvent(metric: MetricID(0), value: 0, timestamp: TestDriver.epoch)
        let key = MetricCatalog.Key(.event, name: event.name, tags: .empty, extra: .empty)
        _ = builder.append(slot, key: key, keys: bytes.span, text: event.text, texts: bytes.span)
        return builder.byteCount - PacketHeader.byteCount
    }

    @Test("switched off, one is oversize as ever and takes nothing", arguments: TestDriver.codecs)
    func off(codec: PacketCodec) throws {
        var driver = TestDriver {
            $0.codec = codec
            $0.largeEventLimit = 0
        }
        for offer in Self.offers(1500) { _ = driver.record(offer, at: .start) }
        try driver.finish(at: .start)
        #expect(driver.data.isEmpty && driver.pipeline.largePackets == LargePacketCounts())
        #expect(driver.pipeline.dropped[.oversize].counts == driver.offered.counts)
        #expect(driver.pipeline.configuration.fixedMemory == ClientConfiguration.bare.fixedMemory - (8192 + 40 - 1472))
    }

    @Test("every preset delivers events of 8 KB", arguments: ClientPreset.allCases)
    func presets(preset: ClientPreset) throws {
        var configuration = preset.configuration
        configuration.reliability = nil
        configuration.breaker = nil
        var driver = TestDriver { $0 = configuration }
        for round in 0..<3 as Range<UInt64> {
            for offer in Self.offers(8000) {
                var offer = offer
                // Of a metric with such a name memory for 48 KB is reserved, and `low-memory` has half a MiB in all.
                if configuration.memoryLimit != nil, max(offer.name.utf8.count, offer.tags.utf8.count, offer.extra.utf8.count) > 100,
                    offer.type.isMetric, offer.type != .counter || round > 0
                { continue }
                if offer.type.isMetric { offer.tags += (offer.tags.isEmpty ? "" : ",") + "r\(round)" }
                let result = driver.record(offer, at: .milliseconds(round))
                #expect(result == .buffered, "\(offer.name.prefix(20))")
                try driver.pollAll(at: .milliseconds(round))
            }
        }
        try driver.finish(at: .milliseconds(100))
        #expect(driver.pipeline.dropped == Ledger() && driver.delivered.counts == driver.offered.counts)
        if let memory = driver.pipeline.memory { #expect(memory.peak <= memory.limit) }
    }

    @Test("under a memory limit its room is reserved when the first one comes, in order; without room it is `memory_limit`, and others go on",
        arguments: TestDriver.codecs, [0, 8231, 8232])
    func memoryLimit(codec: PacketCodec, left: Int) throws {
        var driver = TestDriver {
            $0.codec = codec
            $0.memoryLimit = 1 << 30
            $0.memoryLimit = $0.fixedMemory + left
        }
        for round in 0..<3 {
            for offer in [Offer(.event, "a\(round)"), Offer(.event, "long", text: String(repeating: "x", count: 8000)), Offer(.event, "b\(round)")] {
                let result = driver.record(offer, at: .start)
                #expect(result == .buffered)
            }
        }
        try driver.finish(at: .start)
        let names = driver.data.flatMap(\.events).map(\.name)
        let hasRoom = left >= 8232
        #expect(names == (0..<3).flatMap { hasRoom ? ["a\($0)", "long", "b\($0)"] : ["a\($0)", "b\($0)"] })
        #expect(driver.pipeline.dropped.lost.counts.total == (hasRoom ? 0 : 3))
        #expect(driver.pipeline.dropped[.memoryLimit].counts[.event] == (hasRoom ? 0 : 3))
        let used = driver.pipeline.memory?.used
        #expect(used == driver.pipeline.configuration.fixedMemory + (hasRoom ? 8232 : 0))
    }

    @Test("text as well: one long line in a datagram of its own", arguments: [WireFormat.statsd, .dogstatsd], [true, false])
    func text(format: WireFormat, isOn: Bool) {
        var pipeline = TextFormatTests.pipeline(format) { $0.largeEventLimit = isOn ? 8192 : 0 }
        let long = String(repeating: "x", count: 8000)
        var offers = [
            Offer(.counter, "a", value: 1), Offer(.counter, long, value: 1), Offer(.set, "s", text: long), Offer(.counter, "b", value: 1),
            Offer(.gauge, long, value: -3),
        ]
        if format == .dogstatsd { offers += [Offer(.event, "title", text: long), Offer(.serviceCheck, "check", text: long, value: 1)] }
        TextFormatTests.record(offers, into: &pipeline)
        pipeline.close(at: .start)
        let sent = TextFormatTests.datagrams(&pipeline, at: .start)
        let (events, lost) = (sent.reduce(0) { $0 + $1.packet.eventCount }, pipeline.dropped[.oversize].counts.total)
        // Etsy's text says a level below zero in two lines, which take the name twice: 16 KB.
        let tooLong = format == .statsd ? 1 : 0
        #expect(isOn ? events == offers.count - tooLong && lost == UInt64(tooLong) : events == 2 && lost == UInt64(offers.count - 2))
        #expect(sent.allSatisfy { $0.text.utf8.count <= 8192 } && sent.allSatisfy { $0.text.utf8.count <= 1472 || $0.packet.eventCount == 1 })
    }

    @Test("what is added up goes out alone too: a counter of a long name, a set's long members", arguments: TestDriver.codecs)
    func aggregated(codec: PacketCodec) throws {
        let long = String(repeating: "x", count: 2000)
        var driver = TestDriver {
            $0.codec = codec
            $0.aggregation = AggregatorConfiguration()
        }
        for round in 0..<20 {
            _ = driver.record(Offer(.counter, "a", value: 1), at: .start)
            _ = driver.record(Offer(.counter, long, value: Double(round)), at: .start)
            _ = driver.record(Offer(.set, "s", text: "\(round % 2)" + long), at: .start)
            _ = driver.record(Offer(.counter, "b", value: 1), at: .start)
        }
        try driver.finish(at: .milliseconds(1))
        let events = driver.data.flatMap(\.events)
        #expect(driver.pipeline.dropped == Ledger() && events.reduce(0) { $0 + Int($1.count) } == 80)
        let sum = events.filter { $0.name == long }.reduce(0) { $0 + $1.value }
        #expect(sum == 190 && driver.pipeline.largePackets.packets >= 3)
        #expect(driver.data.filter { $0.byteCount > 1472 }.allSatisfy { $0.events.count == 1 })
    }

    @Test("a long event ends the parity block in front of it, whose packets come back from theirs; it is covered by none",
        arguments: 1...30 as ClosedRange<UInt64>)
    func parity(seed: UInt64) throws {
        var load = RandomLoad(seed: seed)
        var configuration = ClientConfiguration.bare
        configuration.batchSize = 1
        configuration.parity = ParityConfiguration(groupSize: 4, parityCount: 1, interleave: 1)
        var client = ClientPipeline(configuration: configuration, session: 5)
        var listening = ReceiverConfiguration()
        listening.listensFromStart = true
        listening.parity = ParityDecoderConfiguration()
        var receiver = StatsReceiver(configuration: listening)
        var (lost, back, large): (Set<UInt64>, Set<UInt64>, UInt64) = ([], [], 0)
        var hasLostOne = false
        func turn(_ client: inout ClientPipeline, _ receiver: inout StatsReceiver) {
            while let packet = client.pollTransmit(at: .start, epoch: TestDriver.epoch) {
                if packet.isLarge { large += 1 }
                // One of each block, never a long one.
                if packet.kind == .parity { hasLostOne = false }
                if packet.kind == .data, !packet.isLarge, !hasLostOne, load.draw(2) == 0 {
                    hasLostOne = true
                    lost.insert(packet.sequence)
                    continue
                }
                let bytes = client.withDatagram { span in (0..<span.count).map { span[$0] } }
                _ = receiver.receive(bytes.span, from: SourceID(1), at: .start)
                while let rebuilt = receiver.pollRebuilt(at: .start) {
                    if case .accepted(let header, _) = rebuilt.outcome { back.insert(header.sequence) }
                }
            }
        }
        for _ in 0..<60 {
            let text = String(repeating: "x", count: load.draw(4) == 0 ? 1450 + load.draw(6000) : load.draw(100))
            let (event, bytes) = Offer(.event, "title", text: text).decoded
            _ = client.record(event, bytes: bytes.span, timestamp: TestDriver.epoch, at: .start)
            turn(&client, &receiver)
        }
        client.close(at: .start)
        while let deadline = client.nextDeadline, deadline <= .start + .seconds(10) {
            while let packet = client.pollTransmit(at: max(deadline, .start), epoch: TestDriver.epoch) {
                let bytes = client.withDatagram { span in (0..<span.count).map { span[$0] } }
                if packet.kind == .parity { hasLostOne = false }
                _ = receiver.receive(bytes.span, from: SourceID(1), at: deadline)
                while let rebuilt = receiver.pollRebuilt(at: deadline) {
                    if case .accepted(let header, _) = rebuilt.outcome { back.insert(header.sequence) }
                }
            }
        }
        #expect(back == lost, "seed \(seed): lost \(lost.sorted()), back \(back.sorted())")
        let traffic = client.parityTraffic
        #expect(large > 0 && traffic.uncovered == large && client.largePackets.packets == large && traffic.skipped == 0, "seed \(seed)")
    }

    @Test("a copy takes as many places as it needs; where there are too few the event goes out once, and is counted")
    func copies() throws {
        var driver = TestDriver {
            $0.redundancy = .all
            $0.copySpread = .milliseconds(20)
            $0.copyLimit = 4
        }
        let event = { (length: Int) in Offer(.event, "title", text: String(repeating: "x", count: length)) }
        // Three places of 1472, then two, of which one is left.
        for length in [4000, 2000] { _ = driver.record(event(length), at: .start) }
        try driver.pollAll(at: .milliseconds(1))
        #expect(driver.pipeline.copyCounts.skipped == 1 && driver.data.count == 2)
        try driver.pollAll(at: .milliseconds(21))
        #expect(driver.copies == [driver.data[0]])
        _ = driver.record(event(8000), at: .milliseconds(30))
        try driver.finish(at: .milliseconds(31))
        #expect(driver.pipeline.copyCounts.skipped == 2 && driver.pipeline.dropped == Ledger())
        #expect(driver.delivered == driver.offered)
    }

    @Test("a long counter has no running total, and counts as not sent")
    func runningTotals() {
        var configuration = ClientConfiguration()
        configuration.reliability?.unansweredLimit = .zero
        var pipeline = ClientPipeline(configuration: configuration, session: 1)
        let offers = [Offer(.counter, String(repeating: "x", count: 2000), value: 1), Offer(.counter, "a", value: 1)]
        TextFormatTests.record(offers, into: &pipeline)
        pipeline.close(at: .start)
        var now = Instant.start
        while let deadline = pipeline.nextDeadline {
            now = max(now, deadline)
            while pipeline.pollTransmit(at: now, epoch: 0) != nil {}
        }
        #expect(pipeline.runningTotalCounts.unsentEvents == 1 && pipeline.runningTotalCounts.metrics == 1)
        #expect(pipeline.sent.total == 2)
    }

    @Test("a link that refuses the length opens no breaker, and one that is half open admits another probe instead")
    func tooLong() {
        var configuration = ClientConfiguration.bare
        configuration.breaker = BreakerConfiguration()
        var pipeline = ClientPipeline(configuration: configuration, session: 1)
        let long = Offer(.event, "title", text: String(repeating: "x", count: 3000))
        for _ in 0..<50 {
            TextFormatTests.record([long], into: &pipeline)
            while pipeline.pollTransmit(at: .start, epoch: 0) != nil { pipeline.handleSendOutcome(.tooLong, at: .start) }
        }
        let closed = pipeline.breakerState
        #expect(closed == .closed(failures: 0))
        var breaker = CircuitBreaker(configuration: BreakerConfiguration())
        for _ in 0..<5 { if let permit = breaker.attempt(at: .start) { breaker.recordFailure(permit, at: .start) } }
        let later = Instant.start + .seconds(2)
        for _ in 0..<20 {
            let permit = breaker.attempt(at: later)
            #expect(permit != nil)
            if let permit { breaker.recordNothing(permit, at: later) }
        }
        #expect(breaker.state == .halfOpen(probes: 0, successes: 0) && breaker.nextDeadline == nil)
        for _ in 0..<2 { if let permit = breaker.attempt(at: later) { breaker.recordSuccess(permit, at: later) } }
        #expect(breaker.state == .closed(failures: 0))
    }

    @Test("limits of the limit: 0 to 65467 bytes, what a datagram holds behind its header")
    func range() throws {
        var configuration = ClientConfiguration()
        for allowed in [0, 1, 8192, 65_467] {
            configuration.largeEventLimit = allowed
            try configuration.validate()
        }
        for wrong in [-1, 65_468] {
            configuration.largeEventLimit = wrong
            let error = #expect(throws: ConfigurationError.self) { try configuration.validate() }
            #expect(error?.field == "largeEventLimit" && error?.allowed == "0 to 65467")
        }
        var driver = TestDriver { $0.largeEventLimit = 65_467 }
        let result = driver.record(Offer(.event, "t", text: String(repeating: "x", count: 65_400)), at: .start)
        try driver.finish(at: .start)
        #expect(result == .buffered && driver.delivered == driver.offered && driver.data[0].byteCount > 65_400)
    }
}
