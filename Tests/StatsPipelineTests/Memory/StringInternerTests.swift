import Testing

@testable import StatsPipeline
@testable import StatsModel

@Suite struct StringInternerTests {
    static func intern(_ text: String, scope: UInt32 = 0, in interner: inout StringInterner) -> StringInterner.Outcome {
        // Surrounded, so that a range that is not respected shows.
        let bytes = Array("<\(text)>".utf8)
        return interner.intern(bytes.span, 1..<bytes.count - 1, scope: scope)
    }

    static func text(_ number: UInt32, in interner: StringInterner) -> String {
        interner.withBytes(of: number) { span in String(decoding: span.indices.map { span[$0] }, as: UTF8.self) }
    }

    @Test("strings made to collide in the digest are found as fast as any others, and no answer depends on the key")
    func colliding() {
        var one = StringInterner(limit: 2000, byteLimit: 40_000, hash: TableHash(seed: 1))
        var other = StringInterner(limit: 2000, byteLimit: 40_000, hash: TableHash(seed: 2))
        var digests = Set<UInt64>()
        for number in 0..<2000 as Range<UInt64> {
            // Behind any first word the second makes a factor of the digest zero.
            let word = KeyedRandom.mix(number)
            let second = ByteHash.fold(16 &* 0x9E37_79B9_7F4A_7C15, word) ^ 0xA076_1D64_78BD_642F
            let bytes = [word, second].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
            digests.insert(ByteHash.hash(bytes.span, 0..<16))
            #expect(one.intern(bytes.span, 0..<16) == other.intern(bytes.span, 0..<16))
        }
        #expect(digests.count == 1 && one.entries.count == 2000, "or this proves nothing")
        #expect(one.longestSearch < 64 && other.longestSearch < 64)
    }

    @Test("a string is kept once, under one number, and reads as it was")
    func once() {
        var interner = StringInterner(limit: 8, byteLimit: 100)
        #expect(Self.intern("http.requests", in: &interner) == .added(0))
        #expect(Self.intern("http.errors", in: &interner) == .added(1))
        #expect(Self.intern("http.requests", in: &interner) == .known(0))
        #expect(Self.intern("", in: &interner) == .added(2))
        #expect(Self.intern("", in: &interner) == .known(2))
        #expect((0..<3).map { Self.text($0, in: interner) } == ["http.requests", "http.errors", ""])
        #expect(interner.arena.count == 24)
    }

    @Test("the same bytes in another scope are another string")
    func scopes() {
        var interner = StringInterner(limit: 8, byteLimit: 100)
        #expect(Self.intern("user", scope: 1, in: &interner) == .added(0))
        #expect(Self.intern("user", scope: 2, in: &interner) == .added(1))
        #expect(Self.intern("user", scope: 1, in: &interner) == .known(0))
    }

    @Test("fault 14: what overflows is refused and counted, never merged; what is kept stays")
    func bounded() {
        var interner = StringInterner(limit: 3, byteLimit: 1000)
        let outcomes = (0..<5).map { Self.intern("name\($0)", in: &interner) }
        #expect(outcomes == [.added(0), .added(1), .added(2), .refused, .refused])
        #expect(interner.entries.count == 3)
        #expect(interner.refused == 2)
        #expect(Self.intern("name4", in: &interner) == .refused)
        #expect(Self.intern("name1", in: &interner) == .known(1))
        #expect(interner.refused == 3)

        var bytes = StringInterner(limit: 100, byteLimit: 10)
        #expect(Self.intern("12345678", in: &bytes) == .added(0))
        #expect(Self.intern("abc", in: &bytes) == .refused)
        #expect(Self.intern("ab", in: &bytes) == .added(1), "what fits is taken although another did not")
        #expect(bytes.arena.count == 10)
    }

    @Test("fault 14: 200 000 distinct strings cost no more than the bounds")
    func growth() {
        var interner = StringInterner(limit: 1000, byteLimit: 1 << 16)
        var added = 0
        for number in 0..<200_000 as Range<UInt64> {
            var bytes: [8 of UInt8] = InlineArray(repeating: 0)
            for index in 0..<8 { bytes[index] = UInt8(truncatingIfNeeded: number >> UInt64(index * 8)) }
            if case .added = interner.intern(bytes.span, 0..<8) { added += 1 }
        }
        #expect(added == 1000)
        #expect(interner.entries.count == 1000)
        #expect(interner.arena.count == 8000)
        #expect(interner.refused == 199_000)
    }

    @Test("any sequence of strings behaves as a dictionary with bounds", arguments: 0..<16 as Range<UInt64>)
    func model(seed: UInt64) {
        let random = KeyedRandom(seed: seed)
        let limit = 1 + Int(random.draw(rule: 0, flow: 0, sequence: 0) % 100)
        var interner = StringInterner(limit: limit, byteLimit: 300)
        var numbers: [String: UInt32] = [:]
        var byteCount = 0
        var refused: UInt64 = 0
        for step in 0..<2000 as Range<UInt64> {
            let draw = random.draw(rule: 1, flow: 0, sequence: step)
            let text = String(repeating: "a", count: Int(draw % 4)) + "\(draw >> 32 & 63)"
            let outcome = Self.intern(text, in: &interner)
            if let number = numbers[text] {
                #expect(outcome == .known(number), "seed \(seed), step \(step)")
            } else if numbers.count < limit, byteCount + text.utf8.count <= 300 {
                #expect(outcome == .added(UInt32(numbers.count)), "seed \(seed), step \(step)")
                numbers[text] = UInt32(numbers.count)
                byteCount += text.utf8.count
            } else {
                #expect(outcome == .refused, "seed \(seed), step \(step)")
                refused += 1
            }
            if draw >> 40 % 500 == 0 {
                interner.removeAll()
                numbers = [:]
                byteCount = 0
            }
        }
        #expect(interner.refused == refused)
        for (text, number) in numbers { #expect(Self.text(number, in: interner) == text) }
    }
}

extension StringInterner {
    /// The longest search for any string, in places of the table. O(strings).
    fileprivate var longestSearch: Int {
        var longest = 0
        for (slot, number) in slots.enumerated() where number != 0 {
            let home = Int(truncatingIfNeeded: entries[Int(number) - 1].hash) & (slots.count - 1)
            longest = max(longest, (slot - home) & (slots.count - 1) + 1)
        }
        return longest
    }
}
