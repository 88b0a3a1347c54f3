import StatsModel
import StatsWire
import Testing
import TestSupport

/// Lines of StatsD and DogStatsD text, as our own decoder and other servers read them.
struct TextBuilderTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let text: String
        let dialect: TextDialect
        let event: SampleEvent

        init(
            _ text: String, _ dialect: TextDialect, _ type: MetricType, _ name: String, _ value: Double = 0, tags: String = "",
            extra: String = "", rate: Double = 1, at seconds: Int64? = nil, member: String = "", delta: Bool = false
        ) {
            self.text = text
            self.dialect = dialect
            var event = SampleEvent(type, name, value)
            event.tags = Array(tags.utf8)
            event.extra = Array(extra.utf8)
            event.text = Array(member.utf8)
            event.rate = rate.bitPattern
            if let seconds {
                event.timestamp = seconds * 1_000_000_000
                event.flags.insert(.explicitTimestamp)
            }
            if delta { event.flags.insert(.gaugeDelta) }
            self.event = event
        }

        var testDescription: String { "\(dialect.rawValue) \(text.debugDescription)" }
    }

    static func datagram(_ events: [SampleEvent], _ dialect: TextDialect, maximumSize: Int = 1472) -> (String, [TextBuilder.AppendResult]) {
        var builder = TextBuilder(maximumSize: maximumSize, dialect: dialect)
        builder.begin()
        let results = events.map { $0.append(to: &builder) }
        return (String(decoding: bytes(of: builder), as: UTF8.self), results)
    }

    static func bytes(of builder: borrowing TextBuilder) -> [UInt8] {
        builder.withBytes { span in
            var bytes: [UInt8] = []
            for index in 0..<span.count { bytes.append(span[index]) }
            return bytes
        }
    }

    @Test("each type has its line in each dialect", arguments: [
        Row("hits:1|c", .statsd, .counter, "hits", 1), Row("hits:-2.5|c|@0.1", .statsd, .counter, "hits", -2.5, rate: 0.1),
        Row("load:3.25|g", .statsd, .gauge, "load", 3.25), Row("load:0|g\nload:-3|g", .statsd, .gauge, "load", -3),
        Row("load:+3|g", .statsd, .gauge, "load", 3, delta: true), Row("load:-3|g", .statsd, .gauge, "load", -3, delta: true),
        Row("load:0|g", .dogstatsd, .gauge, "load", -0.0), Row("load:+0|g", .statsd, .gauge, "load", 0, delta: true), Row("load:0|g", .statsd, .gauge, "load", -0.0),
        Row("load:3|g", .statsd, .gauge, "load", 3, rate: 0.5), Row("took:12.5|ms|@0.5", .statsd, .timing, "took", 12.5, rate: 0.5),
        Row("size:7|ms", .statsd, .histogram, "size", 7), Row("size:7|ms", .statsd, .distribution, "size", 7),
        Row("users:ann|s", .statsd, .set, "users", rate: 0.5, member: "ann"),
        Row("hits:1|c|@0.1|#a,b:c|c:abc|e:x|T1700000000", .dogstatsd, .counter, "hits", 1, tags: "a,b:c", extra: "c:abc|e:x", rate: 0.1, at: 1_700_000_000),
        Row("load:-3|g|#a|T7", .dogstatsd, .gauge, "load", -3, tags: "a", at: 7),
        Row("size:7|h|#a", .dogstatsd, .histogram, "size", 7, tags: "a"), Row("size:7|d", .dogstatsd, .distribution, "size", 7),
        Row("took:0.001|ms", .dogstatsd, .timing, "took", 0.001), Row("users:a:b@c|s|@0.5", .dogstatsd, .set, "users", rate: 0.5, member: "a:b@c"),
        Row("_e{5,7}:a|b:c|one\\ntwo|d:9|h:box|t:info|#x:y".replacing("7}", with: "8}"), .dogstatsd, .event, "a|b:c", tags: "x:y", extra: "h:box|t:info", at: 9, member: "one\ntwo"),
        Row("_e{1,0}:t|", .dogstatsd, .event, "t"),
        Row("_sc|db|2|d:9|h:box|#x:y|m:slow\\nand: late", .dogstatsd, .serviceCheck, "db", 2, tags: "x:y", extra: "h:box", at: 9, member: "slow\nand: late"),
        Row("_sc|db|0", .dogstatsd, .serviceCheck, "db", 0),
    ])
    func lines(_ row: Row) {
        let (text, results) = Self.datagram([row.event], row.dialect)
        #expect(text == row.text)
        #expect(results == [.appended])
    }

    static let notInFormat: [Row] = [
        Row("tags", .statsd, .counter, "a", 1, tags: "a:b"), Row("fields", .statsd, .counter, "a", 1, extra: "c:1"),
        Row("time", .statsd, .counter, "a", 1, at: 5), Row("event", .statsd, .event, "a"), Row("check", .statsd, .serviceCheck, "a"),
        Row("sampled change", .statsd, .gauge, "a", 1, rate: 0.5, delta: true), Row("change", .dogstatsd, .gauge, "a", 1, delta: true), Row("no member", .dogstatsd, .set, "a"),
        Row("time of a timing", .dogstatsd, .timing, "a", 1, at: 5), Row("time zero", .dogstatsd, .counter, "a", 1, at: 0),
        Row("time before 1970", .dogstatsd, .counter, "a", 1, at: -1), Row("NaN", .dogstatsd, .gauge, "a", .nan),
        Row("infinity", .statsd, .gauge, "a", .infinity), Row("no name", .dogstatsd, .counter, "", 1), Row("no title", .dogstatsd, .event, ""),
        Row("status 4", .dogstatsd, .serviceCheck, "a", 4), Row("status 0.5", .dogstatsd, .serviceCheck, "a", 0.5),
        Row("rate 0", .dogstatsd, .counter, "a", 1, rate: 0), Row("rate 2", .dogstatsd, .counter, "a", 1, rate: 2),
    ]

    static let reserved: [Row] = [":", "|", "@", "#", ",", "\n", "\r", "\0"].flatMap { byte in
        [
            Row("name with \(byte)", .statsd, .counter, "a\(byte)b", 1), Row("name with \(byte)", .dogstatsd, .gauge, "metric.name\(byte)b", 1),
            Row("long name with \(byte)", .dogstatsd, .set, "metric\(byte).name.name", member: "x"),
        ]
    } + ["|", "\n", "\r", "\0"].flatMap { byte in
        [
            Row("tag with \(byte)", .dogstatsd, .counter, "a", 1, tags: "a:b\(byte)c,d:efgh"), Row("member with \(byte)", .dogstatsd, .set, "a", member: "x\(byte)"),
            Row("member with \(byte)", .statsd, .set, "a", member: "x\(byte)"), Row("check with \(byte)", .dogstatsd, .serviceCheck, "a\(byte)b"),
            Row("field with \(byte)", .dogstatsd, .counter, "a", 1, extra: "c:1\(byte)"),
        ]
    } + [
        Row("member with :", .statsd, .set, "a", member: "x:y"), Row("event header", .dogstatsd, .counter, "_e{1,1}", 1),
        Row("field T", .dogstatsd, .counter, "a", 1, extra: "T5"), Row("field @", .dogstatsd, .counter, "a", 1, extra: "c:1|@0.5"),
        Row("field #", .dogstatsd, .event, "a", extra: "#a"), Row("field m:", .dogstatsd, .serviceCheck, "a", extra: "m:x"),
        Row("title break", .dogstatsd, .event, "a\nb"), Row("title escape", .dogstatsd, .event, "a\\nb"),
        Row("text escape", .dogstatsd, .event, "a", member: "C:\\new"), Row("text return", .dogstatsd, .event, "a", member: "a\r"),
        Row("text NUL", .dogstatsd, .event, "a", member: "a\0"), Row("message bar", .dogstatsd, .serviceCheck, "a", member: "a|b"),
        Row("message escape", .dogstatsd, .serviceCheck, "a", member: "\\n"),
    ]

    @Test("what a dialect cannot say is refused and leaves no byte", arguments: notInFormat)
    func unsayable(_ row: Row) { expectRefusal(of: row, .notInFormat) }

    @Test("a byte that would change the meaning is refused and leaves no byte", arguments: reserved)
    func dangerous(_ row: Row) { expectRefusal(of: row, .reservedByte) }

    private func expectRefusal(of row: Row, _ result: TextBuilder.AppendResult) {
        let neighbour = SampleEvent(.counter, "n", 1)
        let (text, results) = Self.datagram([neighbour, row.event, neighbour], row.dialect)
        #expect(results == [.appended, result, .appended])
        #expect(text == "n:1|c\nn:1|c")
    }

    @Test("a datagram is filled to the last byte and not beyond, and an event that fits into none is oversize")
    func sizes() {
        let eight = SampleEvent(.counter, "abcd", 1)
        for size in 64...90 {
            let (text, results) = Self.datagram(Array(repeating: eight, count: 12), .statsd, maximumSize: size)
            let expected = min(12, (size + 1) / 9)
            #expect(results.filter { $0 == .appended }.count == expected)
            #expect(results.drop { $0 == .appended }.allSatisfy { $0 == .packetFull })
            #expect(text == Array(repeating: "abcd:1|c", count: expected).joined(separator: "\n"))
        }
        for (count, result) in [(60, TextBuilder.AppendResult.appended), (61, .oversize)] {
            let (text, results) = Self.datagram([SampleEvent(.counter, String(repeating: "x", count: count), 1)], .statsd, maximumSize: 64)
            #expect(results == [result])
            #expect(text.utf8.count == (result == .appended ? 64 : 0))
        }
    }

    /// What comes back where everything is said: times in whole seconds, and only where they are stated.
    static func said(_ event: SampleEvent, _ dialect: TextDialect) -> [SampleEvent] {
        var said = event
        if event.flags.contains(.explicitTimestamp) { said.timestamp -= said.timestamp % 1_000_000_000 } else { said.timestamp = 0 }
        guard event.type == .gauge, !event.flags.contains(.gaugeDelta), Double(bitPattern: event.value).sign == .minus else { return [said] }
        var zero = said
        zero.value = (0.0).bitPattern
        if Double(bitPattern: event.value) == 0 { return [zero] }
        if dialect == .dogstatsd { return [said] }
        said.flags.insert(.gaugeDelta)
        return [zero, said]
    }

    @Test("what was written is read back, whatever the strings, and no line is malformed", arguments: TextDialect.allCases, 0..<6 as Range<UInt64>)
    func roundTrip(_ dialect: TextDialect, _ seed: UInt64) {
        var draws = Draws(seed: seed)
        var builder = TextBuilder(maximumSize: 1432, dialect: dialect)
        var appended = 0
        for _ in 0..<150 {
            builder.begin()
            var expected: [SampleEvent] = []
            for _ in 0..<draws.below(60) {
                var event = SampleEvent.random(&draws, .binary)
                event.makeTextual(&draws, dialect)
                if event.append(to: &builder) == .appended {
                    appended += 1
                    expected += Self.said(event, dialect)
                }
            }
            let bytes = Self.bytes(of: builder)
            #expect(bytes.count <= 1432 && bytes.isEmpty == expected.isEmpty)
            #expect(SampleEvent.events(ofText: bytes, dialect) == expected.map { $0.as(dialect) }, "seed \(seed)")
        }
        #expect(appended > 1500, "seed \(seed): most events can be said, or this proves little")
    }
}

extension SampleEvent {
    func append(to builder: inout TextBuilder) -> TextBuilder.AppendResult {
        let keys = name + tags + extra
        let tagsEnd = name.count + tags.count
        let key = MetricCatalog.Key(
            type, name: ByteRange(0..<name.count), tags: ByteRange(name.count..<tagsEnd), extra: ByteRange(tagsEnd..<keys.count))
        let event = StatEvent(
            metric: MetricID(0), value: Double(bitPattern: value), timestamp: timestamp, rate: Double(bitPattern: rate), flags: flags)
        let texts = [0x21, 0x21] + text
        return builder.append(event, key: key, keys: keys.span, text: ByteRange(2..<texts.count), texts: texts.span)
    }

    /// Takes out of a random event most of what text refuses, and leaves some of it in.
    fileprivate mutating func makeTextual(_ draws: inout Draws, _ dialect: TextDialect) {
        // Text has no word for how many events a record stands for.
        count = 1
        if draws.chance(oneIn: 10) { return }
        let bytes = (0..<1 + draws.below(20)).map { _ in draws.pick(Array("abcdefgh._-ü/ \\n".utf8)) }
        name = bytes
        extra = draws.chance(oneIn: 4) ? Array(draws.pick(["c:ci-1", "c:2|e:it-x", "card:low"]).utf8) : []
        if !type.isMetric, draws.chance(oneIn: 2) { extra = Array("h:box".utf8) }
        timestamp = Int64(draws.below(4_000_000)) * 1_000_000_007
        if !draws.chance(oneIn: 4) { flags.remove(.explicitTimestamp) }
        if dialect == .statsd, !draws.chance(oneIn: 8) {
            if !type.isMetric { (type, text) = (.counter, []) }
            (tags, extra) = ([], [])
            flags.remove(.explicitTimestamp)
        }
    }

    /// As a server sees it: no rate where none is written, and by plain ones histograms and distributions as timings.
    fileprivate func `as`(_ dialect: TextDialect) -> SampleEvent {
        var event = self
        if !type.isMetric { event.rate = (1.0).bitPattern }
        guard dialect == .statsd else { return event }
        if type == .histogram || type == .distribution { event.type = .timing }
        if type == .gauge || type == .set { event.rate = (1.0).bitPattern }
        return event
    }

    /// The events of a datagram as they were meant: without escapes, and without the texts' own flags.
    fileprivate static func events(ofText bytes: [UInt8], _ dialect: TextDialect) -> [SampleEvent] {
        var decoder = EventDecoder()
        decoder.beginText(bytes.span, dialect: dialect)
        var events: [SampleEvent] = []
        while true {
            switch decoder.next(bytes.span) {
            case .event(let decoded):
                let strings = decoded.isInScratch ? decoder.scratch : bytes
                var event = SampleEvent(decoded, in: strings)
                if event.flags.contains(.escapedText) {
                    event.text = []
                    EscapedText.forEachByte(strings.span, decoded.text) { event.text.append($0) }
                    event.flags.remove(.escapedText)
                }
                events.append(event)
            case .malformed(let reason, let range):
                Issue.record("\(reason.name): \(String(decoding: bytes[range.range], as: UTF8.self).debugDescription)")
            case .end: return events
            }
        }
    }
}
