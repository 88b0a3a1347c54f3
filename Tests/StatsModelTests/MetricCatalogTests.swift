import Testing

@testable import StatsModel

@Suite("MetricCatalog") struct MetricCatalogTests {
    /// Interns a metric out of texts.
    private func intern(
        _ catalog: inout MetricCatalog, _ type: MetricType, _ name: String, tags: String = "", extra: String = ""
    ) -> MetricID? {
        let bytes = Array((name + tags + extra).utf8)
        let nameEnd = name.utf8.count
        let tagsEnd = nameEnd + tags.utf8.count
        return catalog.intern(
            type, bytes.span, name: ByteRange(0..<nameEnd), tags: ByteRange(nameEnd..<tagsEnd),
            extra: ByteRange(tagsEnd..<bytes.count))
    }

    @Test("tags are a set: order and repetition make no new metric")
    func tagSets() {
        var catalog = MetricCatalog()
        let first = intern(&catalog, .counter, "a", tags: "x:1,y:2")
        #expect(intern(&catalog, .counter, "a", tags: "y:2,x:1") == first)
        #expect(intern(&catalog, .counter, "a", tags: "y:2,,x:1,y:2,") == first)
        #expect(intern(&catalog, .counter, "a", tags: "y:2,x:1") == first)
        #expect(catalog.count == 1)
        #expect(first.map { catalog.label(of: $0) } == "a{x:1,y:2}")
    }

    @Test("type, name, tags and extra fields all tell metrics apart, and do not run into each other")
    func identity() {
        var catalog = MetricCatalog()
        let keys: [(MetricType, String, String, String)] = [
            (.counter, "ab", "", ""), (.gauge, "ab", "", ""), (.counter, "a", "b", ""), (.counter, "a", "", "b"),
            (.counter, "abc", "", ""), (.counter, "a", "b,c", ""), (.counter, "a", "b", "c"),
        ]
        let ids = keys.map { intern(&catalog, $0.0, $0.1, tags: $0.2, extra: $0.3) }
        #expect(Set(ids).count == keys.count)
        #expect(keys.map { intern(&catalog, $0.0, $0.1, tags: $0.2, extra: $0.3) } == ids)
    }

    @Test("a full catalog refuses, and still knows what it knows")
    func full() {
        var catalog = MetricCatalog(limit: 2)
        let a = intern(&catalog, .counter, "a")
        let b = intern(&catalog, .counter, "b")
        #expect(intern(&catalog, .counter, "c") == nil)
        #expect(intern(&catalog, .counter, "a") == a && intern(&catalog, .counter, "b") == b)
        var small = MetricCatalog(limit: 100, byteLimit: 4)
        #expect(intern(&small, .counter, "abcd") != nil)
        #expect(intern(&small, .counter, "e") == nil)
    }

    @Test("keys longer than 16 bits can count are kept, found and distinguished", arguments: [65_535, 65_536, 200_000])
    func longKeys(length: Int) {
        var catalog = MetricCatalog()
        let name = String(repeating: "n", count: length)
        let id = intern(&catalog, .counter, name, tags: "b,a")
        #expect(intern(&catalog, .counter, name, tags: "b,a") == id && intern(&catalog, .counter, name, tags: "a,b") == id)
        #expect(intern(&catalog, .counter, name + "n", tags: "b,a") != id)
        // The lowest 16 bits of its lengths are those of the long one.
        #expect(intern(&catalog, .counter, String(name.prefix(length & 0xFFFF)), tags: "b,a") == (length == 65_535 ? id : MetricID(2)))
        #expect(id.map { catalog.key(of: $0).name.count } == length && id.map { catalog.label(of: $0) } == name + "{a,b}")
    }

    @Test("keys in many chunks are found, named and ordered as in one")
    func chunks() throws {
        var catalog = MetricCatalog()
        let random = KeyedRandom(seed: 4)
        // Half a chunk each, with short ones between them.
        var names: [String] = []
        for number in 0..<8 as Range<UInt64> {
            let letter = ["a", "b", "c"][Int(random.draw(rule: 1, flow: 0, sequence: number) % 3)]
            names.append("\(letter).\(number)")
            names.append("\(letter).\(number)" + String(repeating: letter, count: 500_000))
        }
        let ids = try names.map { try #require(intern(&catalog, .gauge, $0, tags: "zone:b,env:a")) }
        #expect(catalog.arena.chunks.count == 4)
        let copy = catalog
        // The second time its own order of tags is remembered, in the last chunk, and noted in the metric's.
        for (name, id) in zip(names, ids) { #expect(intern(&catalog, .gauge, name, tags: "zone:b,env:a") == id) }
        #expect(catalog.rowCount == 2 * names.count && copy.rowCount == names.count)
        #expect(ids.allSatisfy { catalog.hasAlias($0) && !copy.hasAlias($0) })
        for (name, id) in zip(names, ids) {
            var alone = MetricCatalog()
            let own = try #require(intern(&alone, .gauge, name, tags: "env:a,zone:b"))
            #expect(catalog.keyHash(of: id) == alone.keyHash(of: own) && catalog.label(of: id) == name + "{env:a,zone:b}")
            #expect(copy.label(of: id) == catalog.label(of: id) && copy.keyHash(of: id) == catalog.keyHash(of: id))
        }
        for (a, first) in zip(ids, names) {
            for (b, second) in zip(ids, names) {
                #expect(catalog.namePrecedes(a, b) == first.utf8.lexicographicallyPrecedes(second.utf8))
                #expect(catalog.labelPrecedes(a, b) == (first + "{").utf8.lexicographicallyPrecedes((second + "{").utf8))
                #expect(catalog.hasSameName(a, b) == (a == b))
            }
        }
    }

    @Test("a look-up says the metric's key hash, of an alias too")
    func knownHash() throws {
        var catalog = MetricCatalog()
        for _ in 0..<3 {
            let text = Array("nameb,a".utf8)
            let (name, tags) = (ByteRange(0..<4), ByteRange(4..<7))
            let place = catalog.place(.counter, text.span, name, tags, .empty)
            let found = catalog.intern(at: place, .counter, text.span, name, tags, .empty)
            let known = try #require(found)
            #expect(known.metric == MetricID(0) && known.keyHash == catalog.keyHash(of: known.metric))
        }
        #expect(catalog.rowCount == 2)
    }

    @Test("fetching beforehand changes nothing")
    func prefetch() {
        var catalog = MetricCatalog()
        for number in 0..<3000 { _ = intern(&catalog, .gauge, "metric.\(number)") }
        #expect(catalog.isLarge)
        var places = MetricCatalog.Places(repeating: .max)
        for index in 0..<8 { places[index] = UInt32(index) }
        for count in 0...16 { catalog.prefetch(places, count: count) }
        #expect(catalog.count == 3000 && intern(&catalog, .gauge, "metric.2999") == MetricID(2999))
    }

    @Test("thousands of metrics keep their numbers, against a dictionary", arguments: [3, 8] as [UInt64])
    func model(seed: UInt64) {
        var catalog = MetricCatalog()
        var model: [String: MetricID] = [:]
        let random = KeyedRandom(seed: seed)
        for step in 0..<30_000 as Range<UInt64> {
            let number = random.draw(rule: 1, flow: 0, sequence: step) % 5000
            let name = "metric.\(number)"
            let tags = number % 3 == 0 ? "t:\(number % 7),u" : ""
            let id = intern(&catalog, .timing, name, tags: tags)
            if let known = model[name] { #expect(id == known, "seed \(seed), step \(step)") } else { model[name] = id }
        }
        #expect(catalog.count == model.count)
        #expect(Set(model.values).count == model.count)
        for (name, id) in model { #expect(catalog.name(of: id) == name) }
    }

    @Test("a key's hash is the same in every catalog, whatever came before")
    func keyHash() throws {
        var one = MetricCatalog()
        var other = MetricCatalog()
        _ = intern(&other, .gauge, "something else")
        let a = try #require(intern(&one, .counter, "n", tags: "b,a"))
        let b = try #require(intern(&other, .counter, "n", tags: "a,b"))
        #expect(one.keyHash(of: a) == other.keyHash(of: b))
    }
}
