import StatsModel
import Testing

@Suite("Names are bytes") struct VisibleTextTests {
    @Test("what is UTF-8 stays, what is not, or not visible, is written as a number", arguments: [
        ("caf\u{E9}.hits".utf8.map { $0 }, "café.hits"), (Array("caf".utf8) + [0xE9], "caf\\xE9"),
        ([0xC3], "\\xC3"), ([0xC0, 0x80], "\\xC0\\x80"), ([0xED, 0xA0, 0x80], "\\xED\\xA0\\x80"),
        ([0xF4, 0x90, 0x80, 0x80], "\\xF4\\x90\\x80\\x80"), (Array("\\xE9".utf8), "\\\\xE9"), (Array("日本".utf8), "日本"),
        (Array("e\u{301}".utf8), "e\\u{301}"), (Array("\u{212B}".utf8), "\\u{212B}"), (Array("\u{1100}\u{1161}".utf8), "ᄀ\\u{1161}"),
        ([0x1B, 0x00], "\\u{1B}\\u{0}"), (Array("\u{202E}x".utf8), "\\u{202E}x"), ([], ""),
    ] as [([UInt8], String)])
    func table(bytes: [UInt8], text: String) {
        #expect(Array(VisibleText.text(bytes).utf8) == Array(text.utf8))
    }

    @Test("no two strings read alike, for people and for Swift", arguments: 0..<4 as Range<UInt64>)
    func injective(seed: UInt64) {
        let random = KeyedRandom(seed: seed)
        let pieces: [[UInt8]] = [
            [0x5C], Array("x".utf8), Array("E9".utf8), [0xE9], [0xC3], [0xA9], Array("é".utf8), Array("e\u{301}".utf8), Array("u".utf8),
            Array("{301}".utf8), Array("\u{301}".utf8), Array("\u{212B}".utf8), Array("\u{C5}".utf8), Array("A\u{30A}".utf8),
            Array("\u{AC00}".utf8), Array("\u{1100}".utf8), Array("\u{1161}".utf8), Array("\u{9C7}".utf8), Array("\u{9BE}".utf8),
            Array("\u{9CB}".utf8), [0x1B], Array("{".utf8), Array("|".utf8), Array("n".utf8),
        ]
        var known: [String: [UInt8]] = [:]
        for step in 0..<20_000 as Range<UInt64> {
            var bytes: [UInt8] = []
            for place in 0..<1 + random.draw(rule: 1, flow: 0, sequence: step) % 4 {
                bytes += pieces[Int(random.draw(rule: 2, flow: place, sequence: step) % UInt64(pieces.count))]
            }
            let text = VisibleText.text(bytes)
            if let other = known[text] { #expect(other == bytes, "seed \(seed): \(text)") }
            known[text] = bytes
        }
        #expect(known.count > 5000)
    }

    @Test("labels tell metrics apart, whatever their names hold")
    func labels() throws {
        var catalog = MetricCatalog()
        let keys: [(String, String, String)] = [
            ("a", "", ""), ("a{b}", "", ""), ("a", "b", ""), ("a|c:1", "", ""), ("a", "", "c:1"), ("a", "b}|c:1", ""), ("a", "b", "c:1"),
            ("a\\", "", ""), ("a{b", "", ""), ("é", "", ""), ("e\u{301}", "", ""), ("a", "é", ""), ("a", "e\u{301}", ""),
        ]
        var labels: Set<String> = []
        for (name, tags, extra) in keys {
            let bytes = Array((name + tags + extra).utf8)
            let (nameEnd, tagsEnd) = (name.utf8.count, (name + tags).utf8.count)
            let metric = catalog.intern(
                .counter, bytes.span, name: ByteRange(0..<nameEnd), tags: ByteRange(nameEnd..<tagsEnd),
                extra: ByteRange(tagsEnd..<bytes.count))
            labels.insert(catalog.label(of: try #require(metric)))
        }
        #expect(catalog.count == keys.count && labels.count == keys.count, "\(labels.sorted())")
        #expect(labels.contains("a{b}|c:1") && labels.contains("a\\{b}"))
    }

    @Test("labels sort by their bytes, as they are joined")
    func order() throws {
        var catalog = MetricCatalog()
        var metrics: [MetricID] = []
        for (name, tags) in [("a", "z"), ("a.b", ""), ("a", ""), ("a", "b"), ("aé", ""), ("a~", ""), ("b", "")] {
            let bytes = Array((name + tags).utf8)
            let metric = catalog.intern(
                .counter, bytes.span, name: ByteRange(0..<name.utf8.count), tags: ByteRange(name.utf8.count..<bytes.count))
            metrics.append(try #require(metric))
        }
        let sorted = metrics.sorted { catalog.labelPrecedes($0, $1) }.map { catalog.label(of: $0) }
        #expect(sorted == sorted.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) })
        #expect(sorted.count == 7 && sorted.first == "a" && sorted.last == "b")
    }

    @Test("extra fields are one identity in any order, and the last of a kind counts")
    func extras() {
        var catalog = MetricCatalog()
        func intern(_ extra: String) -> MetricID? {
            let bytes = Array("x\(extra)".utf8)
            return catalog.intern(.counter, bytes.span, name: ByteRange(0..<1), extra: ByteRange(1..<bytes.count))
        }
        let first = intern("c:ci-1|e:it-false|card:low")
        for other in ["e:it-false|card:low|c:ci-1", "c:old|c:ci-1|e:it-false|card:low", "card:low|e:x|c:ci-1|e:it-false"] {
            #expect(intern(other) == first, "\(other)")
        }
        #expect(intern("c:ci-1|e:it-false") != first)
        #expect(intern("zz:1|c:1") == intern("c:1|zz:1") && intern("c:1|zz:1|yy") == intern("yy|zz:0|c:1|zz:1"))
        #expect(first.map { catalog.label(of: $0) } == "x|c:ci-1|e:it-false|card:low")
    }
}
