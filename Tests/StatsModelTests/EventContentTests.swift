import StatsModel
import Testing

@Suite struct EventContentTests {
    /// Name, tags, extra fields and text in one buffer, as a decoder would leave them.
    struct Strings {
        var bytes: [UInt8] = []
        var name = ByteRange.empty
        var tags = ByteRange.empty
        var extra = ByteRange.empty
        var text = ByteRange.empty

        init(name: String, tags: String = "", extra: String = "", text: String = "", after prefix: String = "") {
            bytes = Array(prefix.utf8)
            self.name = append(name)
            self.tags = append(tags)
            self.extra = append(extra)
            self.text = append(text)
        }

        private mutating func append(_ string: String) -> ByteRange {
            let start = bytes.count
            bytes.append(contentsOf: string.utf8)
            return ByteRange(start..<bytes.count)
        }

        func key(_ type: MetricType) -> UInt64 {
            EventContent.key(type, bytes.span, name: name, tags: tags, extra: extra)
        }

        func content(
            _ type: MetricType, metricKey: UInt64 = 0, value: Double = 1, rate: Double = 1, timestamp: Int64 = 1,
            flags: EventFlags = []
        ) -> UInt64 {
            EventContent.hash(
                type, metricKey: metricKey, value: value, rate: rate, timestamp: timestamp, flags: flags,
                bytes: bytes.span, name: name, tags: tags, extra: extra, text: text)
        }
    }

    @Test("a metric's key is the catalog's, whatever the order of its tags", arguments: [
        ("", ""), ("a:1", ""), ("a:1,b:2", ""), ("b:2,a:1", ""), ("b:2,a:1,b:2", "c:abc"), (",", ""),
        ("x,,a", "e:1|c:2"),
    ])
    func keyAgreesWithCatalog(tags: String, extra: String) throws {
        var catalog = MetricCatalog()
        for type in MetricType.allCases where type.isMetric {
            let strings = Strings(name: "http.requests", tags: tags, extra: extra, after: "..")
            let known = catalog.intern(
                type, strings.bytes.span, name: strings.name, tags: strings.tags, extra: strings.extra)
            let metric = try #require(known)
            #expect(strings.key(type) == catalog.keyHash(of: metric), "\(type) #\(tags)|\(extra)")
        }
    }

    @Test("events and checks have their strings as key, as they stand", arguments: [MetricType.event, .serviceCheck])
    func keyOfNotes(type: MetricType) {
        let one = Strings(name: "title", tags: "a,b", extra: "h:web")
        #expect(one.key(type) == Strings(name: "title", tags: "a,b", extra: "h:web", after: "elsewhere").key(type))
        let others = [
            Strings(name: "titl", tags: "a,b", extra: "h:web"), Strings(name: "title", tags: "b,a", extra: "h:web"),
            Strings(name: "title", tags: "a,b", extra: "h:we"), Strings(name: "title", extra: "h:web"),
            Strings(name: "title", tags: "h:web", extra: "a,b"),
        ]
        for other in others { #expect(other.key(type) != one.key(type)) }
    }

    @Test("every part of an event is part of its content, and the escapes of its text are not")
    func everyPartCounts() {
        let event = Strings(name: "deploy", tags: "a", extra: "p:low", text: "two\\nlines")
        let content = event.content(.event, flags: .escapedText)
        #expect(Strings(name: "deploy", tags: "a", extra: "p:low", text: "two\nlines").content(.event) == content)
        #expect(event.content(.event) != content, "without the flag a backslash is a backslash")
        #expect(event.content(.serviceCheck, flags: .escapedText) != content)
        #expect(event.content(.event, value: 2, flags: .escapedText) != content)
        #expect(event.content(.event, rate: 0.5, flags: .escapedText) != content)
        #expect(event.content(.event, timestamp: 2, flags: .escapedText) != content)
        #expect(event.content(.event, metricKey: 7, flags: .escapedText) == content)
        #expect(event.content(.event, flags: [.escapedText, .explicitTimestamp]) == content)

        let gauge = Strings(name: "queue")
        #expect(gauge.content(.gauge, metricKey: 7) != gauge.content(.gauge, metricKey: 8))
        #expect(gauge.content(.gauge, metricKey: 7, flags: .gaugeDelta) != gauge.content(.gauge, metricKey: 7))
        let member = Strings(name: "users", text: "alice")
        #expect(member.content(.set, metricKey: 7) != Strings(name: "users", text: "bob").content(.set, metricKey: 7))
        #expect(
            gauge.content(.gauge, metricKey: 7)
                == Tally.content(key: 7, value: 1, rate: 1, timestamp: 1), "no text is no hash of nothing")
    }

    @Test("hashing an escaped text equals hashing the text it stands for", arguments: 0..<64 as Range<UInt64>)
    func escapedHash(seed: UInt64) {
        let random = KeyedRandom(seed: seed)
        let escaped = (0..<random.draw(rule: 0, flow: 0, sequence: 0) % 40).map {
            Array("\\na\n".utf8)[Int(random.draw(rule: 1, flow: 0, sequence: $0) % 4)]
        }
        var expected: [UInt8] = []
        var index = 0
        while index < escaped.count {
            let isEscape = escaped[index...].starts(with: Array("\\n".utf8))
            expected.append(isEscape ? UInt8(ascii: "\n") : escaped[index])
            index += isEscape ? 2 : 1
        }
        let range = ByteRange(0..<escaped.count)
        let count = EscapedText.unescapedCount(escaped.span, range)
        let hash = EscapedText.hash(escaped.span, range)
        let expectedHash = ByteHash.hash(expected.span, 0..<expected.count)
        #expect(count == expected.count, "seed \(seed)")
        #expect(hash == expectedHash, "seed \(seed)")
    }
}
