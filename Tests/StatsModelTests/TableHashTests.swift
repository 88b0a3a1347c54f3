import Testing

@testable import StatsModel

@Suite("Tables that untrusted input fills") struct TableHashTests {
    /// Names of 16 bytes that all have one ``ByteHash``: behind any first word the second makes a factor zero.
    private static func colliding(_ count: UInt64, state: UInt64) -> [[UInt8]] {
        (0..<count).map { number in
            let begin = state ^ 16 &* 0x9E37_79B9_7F4A_7C15
            let word = KeyedRandom.mix(number)
            let second = ByteHash.fold(begin, word) ^ 0xA076_1D64_78BD_642F
            return [word, second].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
        }
    }

    @Test("names made to collide in the digest are found as fast as any others")
    func catalog() {
        let names = Self.colliding(2000, state: 1)
        #expect(Set(names.map { ByteHash.hash($0.span, 0..<16, state: 1) }).count == 1, "or this proves nothing")
        var catalog = MetricCatalog()
        for name in names { _ = catalog.intern(.counter, name.span, name: ByteRange(0..<16)) }
        #expect(catalog.count == 2000)
        #expect(catalog.longestSearch < 64)
    }

    @Test("no answer of a catalog depends on its key", arguments: [(1, 2), (3, 0xFFFF_FFFF)] as [(UInt64, UInt64)])
    func keys(seeds: (UInt64, UInt64)) {
        var one = MetricCatalog(limit: 700, hash: TableHash(seed: seeds.0))
        var other = MetricCatalog(limit: 700, hash: TableHash(seed: seeds.1))
        let random = KeyedRandom(seed: 5)
        for step in 0..<4000 as Range<UInt64> {
            let draw = random.draw(rule: 1, flow: 0, sequence: step)
            let bytes = Array("metric.\(draw % 800)t:\(draw >> 20 & 1),s:\(draw >> 21 & 1)".utf8)
            let end = "metric.\(draw % 800)".utf8.count
            let (name, tags) = (ByteRange(0..<end), ByteRange(end..<bytes.count))
            #expect(
                one.intern(.gauge, bytes.span, name: name, tags: tags) == other.intern(.gauge, bytes.span, name: name, tags: tags))
        }
        #expect(one.count == 700 && one.rowCount == other.rowCount && one.arena == other.arena)
        for index in 0..<one.count {
            let metric = MetricID(UInt32(index))
            #expect(one.label(of: metric) == other.label(of: metric) && one.keyHash(of: metric) == other.keyHash(of: metric))
        }
    }

    @Test("the key takes part: two give other hashes, and every bit counts")
    func hash() {
        let (one, other) = (TableHash(seed: 1), TableHash(seed: 2))
        var seen = Set<UInt64>()
        var count = 0
        for length in 0...48 {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: KeyedRandom.mix(UInt64($0))) }
            for changed in -1..<length * 8 {
                var copy = bytes
                if changed >= 0 { copy[changed / 8] ^= 1 << UInt8(changed % 8) }
                seen.insert(one.hash(copy.span, 0..<length))
                count += 1
                #expect(one.hash(copy.span, 0..<length) != other.hash(copy.span, 0..<length))
            }
        }
        #expect(seen.count == count)
        #expect(TableHash(seed: 1) == one)
    }

    @Test("another way to write a metric costs an alias only when it comes again")
    func aliases() {
        var catalog = MetricCatalog()
        let bytes = Array("namez,a".utf8)
        func intern() -> MetricID? {
            catalog.intern(.counter, bytes.span, name: ByteRange(0..<4), tags: ByteRange(4..<7))
        }
        let first = intern()
        #expect(catalog.rowCount == 1 && first.map(catalog.hasAlias) == false)
        #expect(intern() == first && catalog.rowCount == 2)
        #expect(intern() == first && catalog.rowCount == 2 && catalog.count == 1)
        #expect(first.map(catalog.hasAlias) == true && first.map { catalog.type(of: $0) } == .counter)
        #expect(first.map { catalog.label(of: $0) } == "name{a,z}")
    }

    @Test("a metric costs its name and less than a hundred bytes")
    func memory() {
        var catalog = MetricCatalog()
        let count = 100_000
        for number in 0..<count {
            let name = Array("service.requests.\(number)".utf8)
            _ = catalog.intern(.counter, name.span, name: ByteRange(0..<name.count))
        }
        #expect(catalog.byteCount <= count * 120, "\(catalog.byteCount)")
    }
}
