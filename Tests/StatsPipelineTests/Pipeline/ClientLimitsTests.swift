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
            $0.textCapacity = 64
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
