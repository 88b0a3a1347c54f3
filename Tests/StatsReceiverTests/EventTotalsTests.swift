import StatsModel
import StatsWire
import Testing
import TestSupport

@testable import StatsReceiver

@Suite struct EventTotalsTests {
    /// Counts one event whose strings are laid out one after the other.
    private static func record(
        _ totals: inout EventTotals, _ type: MetricType, _ name: String, value: Double = 0, rate: Double = 1,
        tags: String = "", text: String = "", flags: EventFlags = [], timestamp: Int64? = 5
    ) {
        let bytes = Array((name + tags + text).utf8)
        let tagsAt = name.utf8.count
        let textAt = tagsAt + tags.utf8.count
        let event = DecodedEvent(
            type: type, flags: flags, value: value, rate: rate, timestamp: timestamp, name: ByteRange(0..<tagsAt),
            tags: ByteRange(tagsAt..<textAt), text: ByteRange(textAt..<bytes.count))
        totals.record([event].span, bytes: bytes.span, timestamp: 77)
    }

    @Test("each type adds up in its own way")
    func numbers() {
        var totals = EventTotals()
        Self.record(&totals, .counter, "c", value: 3)
        Self.record(&totals, .counter, "c", value: 1, rate: 0.25)
        Self.record(&totals, .timing, "t", value: 8)
        Self.record(&totals, .timing, "t", value: 2)
        Self.record(&totals, .gauge, "g", value: 10, timestamp: 20)
        Self.record(&totals, .gauge, "g", value: 99, timestamp: 10)
        Self.record(&totals, .gauge, "g", value: 11, timestamp: 20)
        Self.record(&totals, .gauge, "g", value: -4, flags: .gaugeDelta, timestamp: 21)
        Self.record(&totals, .event, "title", text: "words")
        let metrics = totals.metrics
        #expect(metrics.map(\.label) == ["c", "t", "g"])
        #expect(metrics.map(\.events) == [2, 2, 4])
        #expect(metrics.map(\.value) == [7, 10, 7])
        #expect(metrics[1].numbers.minimum == 2)
        #expect(metrics[1].numbers.maximum == 8)
        #expect(totals.tally.counts.total == 9)
        #expect(totals.tally.counts[.event] == 1)
        #expect(totals.uncatalogued.total == 0)
    }

    @Test("events of a datagram counted together add up as one by one, in a small catalog and a large one", arguments: [50, 4000])
    func batches(metrics: UInt64) {
        let random = KeyedRandom(seed: metrics)
        let types = ["c", "g", "ms", "h", "d", "s"]
        var together = EventTotals()
        var single = EventTotals()
        var decoder = EventDecoder()
        for datagram in 0..<600 as Range<UInt64> {
            let lines = (0..<25 as Range<UInt64>).map { line -> String in
                let draw = random.draw(rule: 1, flow: datagram, sequence: line)
                let number = draw % metrics
                // Fields that stand apart, or in another order, go through the decoder's scratch.
                let end = ["", "|#b,a", "|c:ci-1|#x|e:it-false", "|card:low|c:ci-2"][Int(draw >> 32 & 3)]
                return draw % 50 == 0 ? "broken" : "m\(number):\(draw >> 40 & 7)|\(types[Int(number % 6)])\(end)"
            }
            let text = Array(lines.joined(separator: "\n").utf8)
            decoder.beginText(text.span)
            decoder.forEachBatch(text.span) { events, bytes in
                together.record(events, bytes: bytes, timestamp: 9)
            } malformed: { reason, _ in
                together.recordMalformed(reason)
            }
            decoder.beginText(text.span)
            decoder.forEach(text.span) { event, bytes in
                single.record([event].span, bytes: bytes, timestamp: 9)
            } malformed: { reason, _ in
                single.recordMalformed(reason)
            }
        }
        #expect(together.metrics == single.metrics && together.tally == single.tally)
        #expect(together.malformedTotal == single.malformedTotal && single.malformedTotal > 0)
        #expect(together.catalog.isLarge == (metrics == 4000))
    }

    @Test("the digest of a set's members does not depend on their order, and counts each")
    func members() {
        var one = EventTotals()
        var other = EventTotals()
        var third = EventTotals()
        for member in ["a", "b", "b"] { Self.record(&one, .set, "s", text: member) }
        for member in ["b", "a", "b"] { Self.record(&other, .set, "s", text: member) }
        for member in ["a", "a", "b"] { Self.record(&third, .set, "s", text: member) }
        #expect(one.metrics[0] == other.metrics[0])
        #expect(one.tally == other.tally)
        #expect(one.metrics[0].numbers.members != third.metrics[0].numbers.members)
    }

    @Test("a metric is the same in two totals whatever order they met it in, and its tags are a set")
    func keys() {
        var one = EventTotals()
        var other = EventTotals()
        Self.record(&one, .counter, "x", value: 1, tags: "b:2,a:1")
        Self.record(&one, .gauge, "x", value: 1)
        Self.record(&other, .gauge, "x", value: 1)
        Self.record(&other, .counter, "x", value: 1, tags: "a:1,b:2")
        #expect(one.tally == other.tally)
        #expect(one.metrics.map(\.key).sorted() == other.metrics.map(\.key).sorted())
        #expect(Set(one.metrics.map(\.key)).count == 2)
        #expect(one.metrics[0].label == "x{a:1,b:2}")
    }

    @Test("a metric without room in the catalog still counts, with the same content")
    func fullCatalog() {
        var roomy = EventTotals()
        var narrow = EventTotals(catalog: MetricCatalog(limit: 1))
        for name in ["one", "two", "two"] {
            Self.record(&roomy, .counter, name, value: 1, tags: "z,y")
            Self.record(&narrow, .counter, name, value: 1, tags: "z,y")
        }
        #expect(narrow.tally == roomy.tally)
        #expect(narrow.uncatalogued[.counter] == 2)
        #expect(narrow.metrics.map(\.events) == [1])
    }

    @Test("an event that states no time has the one it was seen at")
    func timestamps() {
        var stated = EventTotals()
        var seen = EventTotals()
        var epoch = EventTotals()
        Self.record(&stated, .counter, "x", value: 1, timestamp: 77)
        var recordedAtZero = EventTotals()
        Self.record(&seen, .counter, "x", value: 1, timestamp: nil)
        Self.record(&epoch, .counter, "x", value: 1, flags: .explicitTimestamp, timestamp: 0)
        Self.record(&recordedAtZero, .counter, "x", value: 1, timestamp: 0)
        #expect(stated.tally == seen.tally)
        #expect(stated.tally != epoch.tally)
        #expect(recordedAtZero.tally == epoch.tally, "zero is a time, whoever states it")
    }

    @Test("malformed records are counted by reason")
    func malformed() {
        var totals = EventTotals()
        for reason in MalformedReason.allCases { totals.recordMalformed(reason) }
        totals.recordMalformed(.badValue)
        #expect(totals.malformed(.badValue) == 2)
        #expect(totals.malformed(.emptyName) == 1)
        #expect(totals.malformedTotal == UInt64(MalformedReason.allCases.count) + 1)
    }
}
