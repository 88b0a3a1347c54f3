import StatsModel
import StatsWire
import Testing
import TestSupport

/// Numbers are read to the nearest double, whatever way the parser takes; the standard library is the judge.
struct DecimalTests {
    /// The value that the text decoder reads, or nil where it refuses the line as `bad_value`.
    static func read(_ number: String) -> Double? {
        let line = Array("x:\(number)|h".utf8)
        var decoder = EventDecoder()
        decoder.beginText(line.span)
        switch decoder.next(line.span) {
        case .event(let event): return event.value
        case .malformed(let reason, _):
            #expect(reason == .badValue, "\(number)")
            return nil
        case .end:
            Issue.record("no step for \(number)")
            return nil
        }
    }

    /// What the standard library reads; nil for what is no finite number.
    static func expected(_ number: String) -> Double? {
        guard let value = Double(number), value.isFinite else { return nil }
        return value
    }

    static func check(_ number: String, _ remark: String = "") {
        #expect(read(number)?.bitPattern == expected(number)?.bitPattern, "\(number) \(remark)")
    }

    @Test("digits with a point and a power anywhere give the nearest double", arguments: 0..<64 as Range<UInt64>)
    func digits(_ seed: UInt64) {
        var draws = Draws(seed: seed)
        for _ in 0..<300 {
            let count = 1 + draws.below(draws.pick([4, 16, 20, 24, 40]))
            var text = draws.pick(["", "-", "+"])
            let point = draws.below(count + 2)
            for index in 0..<count {
                if index == point { text += "." }
                text += String(draws.chance(oneIn: 3) ? 0 : draws.below(10))
            }
            if draws.chance(oneIn: 2) { text += "e\(draws.below(draws.pick([5, 60, 800])) - draws.pick([0, 30, 400]))" }
            Self.check(text, "seed \(seed)")
        }
    }

    @Test("the shortest text of a double is that double", arguments: 0..<32 as Range<UInt64>)
    func shortest(_ seed: UInt64) {
        var draws = Draws(seed: seed)
        for _ in 0..<300 {
            // Half of them as clients measure: from nanoseconds to days, all bits in use.
            let value = draws.chance(oneIn: 2)
                ? Double(bitPattern: draws.next())
                : Double(draws.next() >> 11) * 0x1p-53 * draws.pick([1e-9, 1e-6, 1e-3, 1, 1e3, 1e5])
            guard value.isFinite else { continue }
            #expect(Self.read("\(value)")?.bitPattern == value.bitPattern, "\(value), seed \(seed)")
        }
    }

    @Test("half way between two doubles goes to the even one, a trace beyond it does not", arguments: 0..<32 as Range<UInt64>)
    func ties(_ seed: UInt64) {
        var draws = Draws(seed: seed)
        for _ in 0..<100 {
            // 54 bits, the last one set: exactly between two doubles; as a whole number and as a half.
            let odd = (1 << 52 | draws.next() >> 12) << 1 | 1
            let below = Double(odd - 1)
            let above = Double(odd + 1)
            let even = below.significandBitPattern & 1 == 0 ? below : above
            #expect(Self.read("\(odd)") == even, "seed \(seed)")
            #expect(Self.read("\(odd / 2).5") == even / 2, "seed \(seed)")
            #expect(Self.read("\(odd).0000000000000000000000") == even, "seed \(seed)")
            #expect(Self.read("\(odd).0000000000000000000001") == above, "seed \(seed)")
            #expect(Self.read("\(odd - 1).9999999999999999999999") == below, "seed \(seed)")
            for scale in -30...30 { Self.check("\(odd)e\(scale)", "seed \(seed)") }
        }
    }

    @Test("where the ways of the parser meet", arguments: [
        "9007199254740991", "9007199254740992", "9007199254740993", "1e22", "1e23", "9007199254740991e22",
        "9007199254740991e-22", "1e-22", "1e-23", "1e27", "1e28", "1e-27", "1e-28", "999999999999999999",
        "1000000000000000000", "9999999999999999999", "99999999999999999999", "18446744073709551615",
        "18446744073709551616", "9999999999999999999e27", "9999999999999999999e-27", "1.00000000000000000000",
        "1000000000000000000000000000000", "0.00012874603271484375", "0.1000000000000000055511151231257827",
        "0e999999", "-0e-999999", "0.000000000000000000000000000000", "1e308", "1e309", "1.7976931348623157e308",
        "1.7976931348623158e308", "1.7976931348623159e308", "2e308", "4.9406564584124654e-324",
        "2.4703282292062327e-324", "2.4703282292062328e-324", "9999999999999999999e-343", "9999999999999999999e-344",
        "1e-343", "1e-344", "1e99999999999999999999", "1e-99999999999999999999",
    ])
    func seams(_ number: String) {
        Self.check(number)
        Self.check("-" + number)
    }

    @Test("a number as long as a datagram is read at once, whatever it is worth")
    func long() {
        let zeros = String(repeating: "0", count: 60_000)
        let nines = String(repeating: "9", count: 60_000)
        #expect(Self.read("1" + zeros) == nil)
        #expect(Self.read("1" + zeros + "e-60000") == 1)
        #expect(Self.read("0." + zeros + "1") == 0)
        #expect(Self.read("0." + zeros + "1e60001") == 1)
        #expect(Self.read(nines) == nil)
        #expect(Self.read("0." + nines) == 1)
        #expect(Self.read("-" + zeros + "7.5") == -7.5)
    }
}
