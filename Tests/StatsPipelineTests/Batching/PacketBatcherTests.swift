import StatsBuffers
import StatsModel
import StatsPipeline
import StatsWire
import Testing
import TestSupport

/// When a packet is full or old enough, and that it is never empty nor too large.
@Suite struct PacketBatcherTests {
    static let counter = Offer(.counter, "a", value: 1)

    @Test("fault 5: a packet's age counts from its first event, and later ones do not push it back")
    func ageFromFirstEvent() throws {
        var driver = TestDriver()
        for milliseconds in [0, 30, 60, 99] as [UInt64] {
            _ = driver.record(Self.counter, at: .milliseconds(milliseconds))
            let early = try driver.poll(at: .milliseconds(milliseconds))
            #expect(early == nil)
            #expect(driver.pipeline.nextDeadline == .milliseconds(100))
        }
        let justBefore = try driver.poll(at: Instant(nanoseconds: 99_999_999))
        #expect(justBefore == nil)
        let packet = try driver.poll(at: .milliseconds(100))
        #expect(packet?.events.count == 4)
    }

    @Test("the age counts from the recording, not from when the event was first looked at")
    func ageFromRecording() throws {
        var driver = TestDriver { $0.batchSize = 2 }
        for milliseconds in [10, 20, 30] as [UInt64] {
            _ = driver.record(Self.counter, at: .milliseconds(milliseconds))
        }
        let full = try driver.poll(at: .milliseconds(90))
        #expect(full?.events.count == 2)
        let early = try driver.poll(at: .milliseconds(90))
        #expect(early == nil)
        #expect(driver.pipeline.nextDeadline == .milliseconds(130))
        let old = try driver.poll(at: .milliseconds(130))
        #expect(old?.events.count == 1)
    }

    @Test("with a batch age of nothing each event goes at once")
    func noAge() throws {
        var driver = TestDriver { $0.maximumBatchAge = .zero }
        _ = driver.record(Self.counter, at: .milliseconds(7))
        let packet = try driver.poll(at: .milliseconds(7))
        #expect(packet?.events.count == 1)
    }

    @Test("a full batch goes without waiting", arguments: [1, 2, 50])
    func batchSize(size: Int) throws {
        var driver = TestDriver {
            $0.batchSize = size
            $0.maximumPacketSize = 8972
        }
        for _ in 0..<size * 2 + size / 2 { _ = driver.record(Self.counter, at: .start) }
        let count = try driver.pollAll(at: .start)
        #expect(count == 2)
        #expect(driver.data.map(\.events.count) == [size, size])
        try driver.pollAll(at: .milliseconds(100))
        #expect(driver.data.dropFirst(2).map(\.events.count) == (size / 2 > 0 ? [size / 2] : []))
    }

    @Test("events in the ring that nobody looked at want to be polled at once")
    func waitingInRing() {
        var driver = TestDriver()
        _ = driver.record(Self.counter, at: .milliseconds(40))
        _ = driver.record(Self.counter, at: .milliseconds(50))
        #expect(driver.pipeline.nextDeadline == .milliseconds(40))
    }

    @Test("fault 7: packets are as full as they can be and never larger than allowed", arguments: 0..<24 as Range<UInt64>)
    func exactSizes(seed: UInt64) throws {
        let random = KeyedRandom(seed: seed)
        let size = 176 + Int(random.draw(rule: 0, flow: 0, sequence: 0) % 1297)
        let codec = TestDriver.codecs[Int(seed) % TestDriver.codecs.count]
        var driver = TestDriver {
            $0.maximumPacketSize = size
            $0.batchSize = 1000
            $0.codec = codec
        }
        var offers: [Offer] = []
        for number in 0..<400 as Range<UInt64> {
            let name = String(repeating: "n", count: 1 + Int(random.draw(rule: 1, flow: 0, sequence: number) % 60))
            offers.append(Offer(.counter, name, value: Double(number), rate: 0.5))
            let result = driver.record(offers[Int(number)], at: .start)
            #expect(result == .buffered)
        }
        try driver.pollAll(at: .milliseconds(100))
        #expect(driver.data.flatMap(\.events) == offers.map { $0.arrived(recordedAt: TestDriver.epoch) })
        // Whether the next packet's first event would have fitted: alone, it needs at most what it takes there.
        for (packet, next) in zip(driver.data, driver.data.dropFirst()) {
            #expect(packet.byteCount <= size, "seed \(seed)")
            #expect(!packet.events.isEmpty, "seed \(seed)")
            var alone = TestDriver {
                $0.maximumPacketSize = size
                $0.codec = codec
                $0.batchSize = packet.events.count + 1
            }
            for event in packet.events + next.events.prefix(1) { _ = alone.record(event, at: .start) }
            try alone.pollAll(at: .milliseconds(100))
            #expect(alone.data.count == 2, "seed \(seed): one more event fits into a packet that was sent as full")
        }
    }

    @Test("faults 7 and 13: an event too large for any packet is counted, never sent, and harms no neighbour", arguments: [
        Offer(.counter, String(repeating: "x", count: 400), value: 1),
        // In sixteen bits its length would be five.
        Offer(.counter, String(repeating: "x", count: 65_541), value: 1),
        Offer(.gauge, "g", tags: String(repeating: "y", count: 400), value: 2, flags: .gaugeDelta),
        Offer(.set, "s", text: String(repeating: "z", count: 400)),
        Offer(.set, "s", text: String(repeating: "z", count: 140)),
        Offer(
            .event, "title", tags: "a,b", extra: "h:web", text: String(repeating: "\\n", count: 400),
            flags: .escapedText),
        Offer(.event, "title", text: String(repeating: "t", count: 145)),
        Offer(.serviceCheck, String(repeating: "c", count: 70), text: String(repeating: "t", count: 70), value: 1),
    ])
    func oversize(large: Offer) throws {
        var driver = TestDriver {
            $0.maximumPacketSize = 180
            $0.largeEventLimit = 0
        }
        var expected = Ledger()
        for milliseconds in 0..<3 as Range<UInt64> {
            let now = Instant.milliseconds(milliseconds)
            let before = driver.record(Offer(.counter, "before", value: 1), at: now)
            _ = driver.record(large, at: now)
            let after = driver.record(Offer(.set, "after", text: "member"), at: now)
            #expect(before == .buffered)
            #expect(after == .buffered)
            expected.recordLoss(.oversize, large.type, content: large.content(recordedAt: now.wall))
        }
        try driver.pollAll(at: .milliseconds(200))
        #expect(driver.data.flatMap(\.events).map(\.name) == ["before", "after", "before", "after", "before", "after"])
        #expect(driver.pipeline.dropped == expected)
        for packet in driver.data { #expect(packet.byteCount <= 180 && !packet.events.isEmpty) }
    }

    @Test("fault 7: when everything is too large, nothing is sent at all")
    func onlyOversize() throws {
        var driver = TestDriver {
            $0.maximumPacketSize = 180
            $0.largeEventLimit = 0
        }
        let large = Offer(.counter, "a", tags: String(repeating: "y", count: 300), value: 1)
        for _ in 0..<60 {
            let result = driver.record(large, at: .start)
            #expect(result == .buffered, "only its encoding shows that it is too large")
        }
        let count = try driver.pollAll(at: .milliseconds(500))
        #expect(count == 0)
        #expect(driver.pipeline.packetsSent == 0)
        #expect(driver.pipeline.nextDeadline == nil)
        #expect(driver.pipeline.dropped[.oversize].counts[.counter] == 60)
    }

    @Test("texts are given back once they are packed, so that a small pool lasts")
    func textsAreGivenBack() throws {
        var driver = TestDriver { $0.textCapacity = 64 }
        for number in 0..<500 as Range<UInt64> {
            let fits = driver.record(Offer(.event, "title \(number)", text: "text"), at: .milliseconds(number))
            #expect(fits == .buffered, "\(number)")
            try driver.pollAll(at: .milliseconds(number))
            let tooLarge = driver.record(Offer(.set, "s", text: "m\(number)"), at: .milliseconds(number))
            #expect(tooLarge == .buffered, "\(number)")
            try driver.pollAll(at: .milliseconds(number))
        }
    }

    @Test("fault 5: once a poll answered nil the deadline is exact", arguments: 0..<32 as Range<UInt64>)
    func exactDeadlines(seed: UInt64) throws {
        var load = RandomLoad(seed: seed)
        var driver = TestDriver { load.shrink(&$0) }
        var now = Instant.start
        var deadlines = 0
        for step in 0..<300 {
            if step < 250 {
                for _ in 0..<load.draw(4) { _ = driver.record(load.offer(), at: now) }
            } else if step == 250 {
                driver.pipeline.close(at: now)
            }
            try driver.pollAll(at: now)
            guard let deadline = driver.pipeline.nextDeadline else {
                now = now + .milliseconds(1)
                continue
            }
            #expect(deadline > now, "seed \(seed), step \(step): nothing is due, yet the deadline has passed")
            if load.draw(2) == 0 {
                let early = try driver.poll(at: max(now, Instant(nanoseconds: deadline.nanoseconds - 1)))
                #expect(early == nil, "seed \(seed), step \(step): a packet before the deadline")
                #expect(driver.pipeline.nextDeadline == deadline, "seed \(seed), step \(step)")
                let due = try driver.poll(at: deadline)
                #expect(due != nil, "seed \(seed), step \(step): no packet at the deadline")
                now = deadline
                deadlines += 1
            } else {
                now = min(deadline, now + Nanoseconds(Int64(load.draw(10_000_000))))
            }
        }
        #expect(deadlines > 20, "seed \(seed)")
        #expect(driver.pipeline.isClosed == true, "seed \(seed)")
        #expect(driver.pipeline.nextDeadline == nil, "seed \(seed)")
    }
}
