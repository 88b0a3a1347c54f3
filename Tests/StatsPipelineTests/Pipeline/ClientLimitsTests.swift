import StatsBuffers
import StatsModel
import StatsPipeline
import StatsWire
import Testing
import TestSupport

/// Everything has a bound, and each bound an answer with a name.
@Suite struct ClientLimitsTests {
    @Test("a full ring refuses, counts, and takes again after a poll", arguments: [1, 4, 64])
    func fullRing(capacity: Int) throws {
        var driver = TestDriver { $0.bufferCapacity = capacity }
        var expected = Ledger()
        for number in 0..<capacity * 2 {
            let offer = Offer(.counter, "a\(number)", value: Double(number))
            let result = driver.record(offer, at: .start)
            #expect(result == (number < capacity ? .buffered : .refused(.bufferFull)))
            if number >= capacity {
                expected.recordLoss(.bufferFull, .counter, content: offer.content(recordedAt: TestDriver.epoch))
            }
        }
        #expect(driver.pipeline.dropped == expected)
        #expect(driver.pipeline.bufferedCount == capacity)
        #expect(driver.pipeline.bufferedPeak == capacity)
        try driver.pollAll(at: .start)
        // The ring is empty now, or a full packet's worth emptier.
        #expect(driver.pipeline.bufferedCount == 0)
        #expect(driver.pipeline.bufferedPeak == capacity)
        let result = driver.record(Offer(.counter, "again", value: 1), at: .start)
        #expect(result == .buffered)
    }

    @Test("a full text pool refuses what needs it, and only that")
    func fullTextPool() throws {
        // Five units, of which one is for critical events alone; each of these texts takes two.
        var driver = TestDriver { $0.textCapacity = 80 }
        var expected = Ledger()
        let refused = [
            Offer(.set, "users", tags: "b,a", text: "carol"),
            Offer(.event, "title", text: "a\\nb", flags: .escapedText),
            Offer(.serviceCheck, "db.up"),
        ]
        for name in ["alice", "bob"] {
            let result = driver.record(Offer(.set, "users", text: name), at: .start)
            #expect(result == .buffered)
        }
        for offer in refused {
            let result = driver.record(offer, at: .start)
            #expect(result == .refused(.textPoolFull))
            expected.recordLoss(.textPoolFull, offer.type, content: offer.content(recordedAt: TestDriver.epoch))
        }
        let counter = driver.record(Offer(.counter, "a", value: 1), at: .start)
        #expect(counter == .buffered)
        #expect(driver.pipeline.dropped == expected)
        try driver.pollAll(at: .start)
        let afterwards = driver.record(refused[1], at: .start)
        #expect(afterwards == .buffered)
    }

    @Test("as many metrics as allowed are known; events and checks are none of them", arguments: [1, 3, 100])
    func metricLimit(limit: Int) throws {
        var driver = TestDriver { $0.metricLimit = limit }
        var expected = Ledger()
        for number in 0..<limit + 2 {
            let event = driver.record(Offer(.event, "title \(number)"), at: .start)
            let check = driver.record(Offer(.serviceCheck, "check \(number)"), at: .start)
            #expect(event == .buffered && check == .buffered)
            let offer = Offer(.counter, "metric.\(number)", tags: "z,a", value: 1)
            let result = driver.record(offer, at: .start)
            #expect(result == (number < limit ? .buffered : .refused(.metricLimit)))
            if number >= limit {
                expected.recordLoss(.metricLimit, .counter, content: offer.content(recordedAt: TestDriver.epoch))
            }
        }
        let known = driver.record(Offer(.counter, "metric.0", tags: "a,z", value: 1), at: .start)
        #expect(known == .buffered, "a metric that is known is never too many, whatever the order of its tags")
        #expect(driver.pipeline.dropped == expected)
        #expect(driver.pipeline.catalog.metricCount == limit)
    }

    @Test("fault 13: a name no packet can carry does not take a place in the catalog")
    func longNameIsNotKept() {
        var driver = TestDriver { $0.metricLimit = 1 }
        let long = driver.record(Offer(.counter, String(repeating: "x", count: 8200), value: 1), at: .start)
        #expect(long == .refused(.oversize))
        let short = driver.record(Offer(.counter, "x", value: 1), at: .start)
        #expect(short == .buffered)
    }

    @Test("where several limits are met, the first in the documented order is the cause")
    func orderOfCauses() throws {
        var driver = TestDriver {
            $0.bufferCapacity = 1
            $0.metricLimit = 1
            $0.textCapacity = 80
        }
        let long = String(repeating: "x", count: 8200)
        let member = String(repeating: "m", count: 60)
        let first = driver.record(Offer(.set, "known", text: "m"), at: .start)
        #expect(first == .buffered)
        let tooLong = driver.record(Offer(.set, "unknown", text: long), at: .start)
        #expect(tooLong == .refused(.oversize), "before the metric limit")
        let unknown = driver.record(Offer(.set, "unknown", text: member), at: .start)
        #expect(unknown == .refused(.metricLimit), "before the full ring")
        let full = driver.record(Offer(.set, "known", text: member), at: .start)
        #expect(full == .refused(.bufferFull), "before the full text pool")
        try driver.pollAll(at: .start)
        let noRoom = driver.record(Offer(.set, "known", text: member), at: .start)
        #expect(noRoom == .refused(.textPoolFull))
        driver.pipeline.close(at: .start)
        let closed = driver.record(Offer(.set, "unknown", text: long), at: .start)
        #expect(closed == .refused(.clientClosed), "before everything")
    }

    @Test(
        "a text longer than the whole pool is oversize at once, and nobody gives way to it",
        arguments: [DropStrategy.newest, .oldest, .mixedWorkload, .highCardinality])
    func longerThanThePool(strategy: DropStrategy) throws {
        // Ten units, one of which each text takes beside its bytes.
        let room = 144
        var driver = TestDriver {
            $0.dropStrategy = strategy
            $0.bufferCapacity = 2
            $0.textCapacity = 160
        }
        for _ in 0..<2 {
            let result = driver.record(Offer(.event, "t"), at: .start)
            #expect(result == .buffered)
        }
        func text(_ count: Int) -> String { String(repeating: "x", count: count) }
        let escaped = String(repeating: "\\n", count: room)
        var counted = Offer(.set, "users", text: text(room - 3))
        counted.count = 2
        let tooLong = [
            Offer(.set, "users", text: text(room + 1)), Offer(.event, "title", text: text(room - 4)),
            Offer(.serviceCheck, text(room + 1)), Offer(.event, "t", text: escaped, flags: .escapedText), counted,
        ]
        for offer in tooLong {
            let result = driver.record(offer, at: .start)
            #expect(result == .refused(.oversize), "\(offer)")
        }
        #expect(driver.pipeline.bufferedCount == 2 && driver.pipeline.dropped[.oversize].counts.total == 6, "one of them stands for two")
        #expect(driver.pipeline.dropped.lost == driver.pipeline.dropped[.oversize])
    }

    @Test("the longest text that fits an empty pool is taken", arguments: 0..<5)
    func asLongAsThePool(kind: Int) throws {
        var driver = TestDriver { $0.textCapacity = 160 }
        func text(_ count: Int) -> String { String(repeating: "x", count: count) }
        var counted = Offer(.set, "users", text: text(140))
        counted.count = 2
        let offer = [
            Offer(.set, "users", text: text(144)), Offer(.event, "title", text: text(139)), Offer(.serviceCheck, text(144)),
            Offer(.event, "title", text: String(repeating: "\\n", count: 139), flags: .escapedText), counted,
        ][kind]
        let result = driver.record(offer, at: .start)
        #expect(result == .buffered)
        try driver.finish(at: .milliseconds(1))
        #expect(driver.arrivedEvents == [offer.arrived(recordedAt: Instant.start.wall)])
    }

    @Test("a set that is added up needs no room in the pool, however long its members")
    func addedUp() throws {
        var driver = TestDriver {
            $0.textCapacity = 64
            $0.aggregation = AggregatorConfiguration()
        }
        let result = driver.record(Offer(.set, "users", text: String(repeating: "x", count: 100)), at: .start)
        #expect(result == .buffered)
        try driver.finish(at: .milliseconds(1))
        #expect(driver.pipeline.dropped == Ledger() && driver.received.counts == driver.offered.counts)
    }

    @Test("events keep their own time where they state one")
    func timestamps() throws {
        var driver = TestDriver()
        let offers = [
            Offer(.counter, "own", value: 1, timestamp: 5, flags: .explicitTimestamp),
            Offer(.counter, "unmarked", value: 1, timestamp: 6),
            Offer(.counter, "1970", value: 1, timestamp: 0, flags: .explicitTimestamp),
            Offer(.counter, "none", value: 1),
        ]
        for offer in offers { _ = driver.record(offer, at: .milliseconds(4)) }
        driver.pipeline.close(at: .milliseconds(4))
        try driver.pollAll(at: .milliseconds(4))
        #expect(driver.data.flatMap(\.events).map(\.timestamp) == [5, 6, 0, Instant.milliseconds(4).wall])
    }
}
