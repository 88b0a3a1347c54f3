import StatsBuffers
import StatsModel
import StatsPipeline
import StatsWire
import Testing
import TestSupport

/// Second copies, adaptive batches, the memory limit.
@Suite struct ClientDeliveryTests {
    @Test("fault 19: each packet goes out twice with one number and the same bytes, counted once, the second after the spread")
    func all() throws {
        var driver = TestDriver {
            $0.batchSize = 2
            $0.redundancy = .all
            $0.copySpread = .milliseconds(20)
        }
        for number in 0..<6 { _ = driver.record(Offer(.counter, "a", value: Double(number)), at: .start) }
        try driver.pollAll(at: .milliseconds(1))
        #expect(driver.data.count == 3 && driver.copies.isEmpty)
        #expect(driver.pipeline.nextDeadline == .milliseconds(21))
        let early = try driver.poll(at: Instant(nanoseconds: 20_999_999))
        #expect(early == nil)
        try driver.pollAll(at: .milliseconds(21))
        #expect(driver.copies == driver.data)
        #expect(driver.pipeline.packetsSent == 3 && driver.pipeline.sent[.counter] == 6)
        #expect(driver.pipeline.copyCounts.sent == 3)
        #expect(driver.pipeline.copyCounts.byteCount == UInt64(driver.data.reduce(0) { $0 + $1.byteCount }))
    }

    @Test("critical: packets with an event, a service check or a critical metric go twice, no other")
    func critical() throws {
        var driver = TestDriver {
            $0.batchSize = 1
            $0.redundancy = .critical
            $0.priorities = PriorityRules(critical: ["pay.*"])
        }
        let offers = [
            Offer(.counter, "a", value: 1), Offer(.counter, "pay.ok", value: 1), Offer(.event, "deploy"),
            Offer(.gauge, "b", value: 1), Offer(.serviceCheck, "db"), Offer(.counter, "pay", value: 1),
        ]
        for offer in offers { _ = driver.record(offer, at: .start) }
        try driver.pollAll(at: .start)
        #expect(driver.copies.map { $0.events[0].name } == ["pay.ok", "deploy", "db"])
        #expect(driver.copies.map(\.header.sequence) == [2, 3, 5])
    }

    @Test("where too many copies wait the copy is skipped and counted, never the event", arguments: [1, 3, 10])
    func bounded(limit: Int) throws {
        var driver = TestDriver {
            $0.batchSize = 1
            $0.redundancy = .all
            $0.copySpread = .seconds(1)
            $0.copyLimit = limit
        }
        for number in 0..<10 { _ = driver.record(Offer(.counter, "a", value: Double(number)), at: .start) }
        try driver.pollAll(at: .start)
        #expect(driver.data.count == 10)
        #expect(driver.pipeline.copyCounts.skipped == UInt64(10 - limit))
        try driver.finish(at: .milliseconds(1))
        #expect(driver.copies.map(\.header.sequence) == Array(1...UInt64(limit)))
        #expect(driver.pipeline.dropped == Ledger())
        #expect(driver.packets.last?.header.kind == .closing, "closing packets wait for the copies")
    }

    @Test("either copy is enough: what fails once arrives all the same")
    func eitherCopy() throws {
        var driver = TestDriver {
            $0.batchSize = 1
            $0.redundancy = .all
        }
        driver.isFailing = { packet, _ in packet.copy == Int(packet.sequence % 2) }
        for number in 0..<10 { _ = driver.record(Offer(.counter, "a", value: Double(number)), at: .start) }
        try driver.finish(at: .milliseconds(1))
        #expect(driver.received == driver.offered)
    }

    @Test("adaptive batches are small while it is quiet and large under load")
    func adaptive() throws {
        var driver = TestDriver {
            $0.bufferCapacity = 128
            $0.batchSize = 32
            $0.minimumBatchSize = 2
        }
        for number in 0..<2 { _ = driver.record(Offer(.counter, "a", value: Double(number)), at: .start) }
        try driver.pollAll(at: .start)
        for number in 0..<128 { _ = driver.record(Offer(.counter, "a", value: Double(number)), at: .start) }
        try driver.pollAll(at: .start)
        // 128 and 96 of 128 wait: above 3/4, and not below 1/2 afterwards; then 64, 32 and the levels back.
        #expect(driver.data.map(\.events.count).prefix(3) == [2, 32, 32])
        #expect(driver.data.map(\.events.count).contains(17))
        #expect(driver.data.suffix(3).map(\.events.count) == [2, 2, 2])
        try driver.finish(at: .milliseconds(1))
        #expect(driver.data.reduce(0) { $0 + $1.events.count } == 130)
    }

    @Test("fault 15: new metrics are refused as memory_limit before the limit is exceeded; known ones always pass", arguments: [0, 700, 5000, 50_000])
    func memory(room: Int) throws {
        var driver = TestDriver {
            $0.bufferCapacity = 64
            $0.textCapacity = 1024
            $0.memoryLimit = $0.fixedMemory + room
        }
        var known: [Offer] = []
        var refused = Tally()
        for number in 0..<400 {
            let offer = Offer(.counter, "metric.number.\(number)", tags: "b:\(number),a:1", value: 1)
            switch driver.record(offer, at: .start) {
            case .buffered: known.append(offer)
            case .refused(let cause):
                #expect(cause == .memoryLimit)
                refused.add(.counter, content: offer.content(recordedAt: TestDriver.epoch))
            }
            try driver.pollAll(at: .start)
            let memory = driver.pipeline.memory
            #expect(memory.map { $0.used <= $0.limit } == true)
        }
        #expect(room < 50_000 ? refused.counts.total > 0 : known.count > 50)
        #expect(driver.pipeline.dropped.lost == refused)
        for var offer in known {
            offer.tags = offer.tags.split(separator: ",").reversed().joined(separator: ",")
            let result = driver.record(offer, at: .start)
            #expect(result == .buffered, "\(offer.name) \(offer.tags)")
            try driver.pollAll(at: .start)
        }
    }
}
