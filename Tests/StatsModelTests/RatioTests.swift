import StatsModel
import Testing

@Suite("Ratio") struct RatioTests {
    @Test("reads percent with and without its sign", arguments: [
        ("3%", "3%"), ("3 %", "3%"), ("3", "3%"), ("0.5%", "0.5%"), ("0", "0%"), ("0%", "0%"), ("100%", "100%"),
        ("12.5", "12.5%"), ("0.03%", "0.03%"), ("1.50%", "1.5%"),
    ])
    func reads(text: String, description: String) throws {
        #expect(try Ratio(parsing: text).description == description)
    }

    @Test("a bare number between 0 and 1 is refused with the question which is meant")
    func asks() {
        #expect(throws: UnitError(text: "0.03", expected: "clear: 0.03% or 3%? Write the percent sign")) {
            try Ratio(parsing: "0.03")
        }
    }

    @Test("refuses what is no probability", arguments: ["", "%", "-3%", "101%", "100.1%", "3%%", "1e1", "abc", ".5", "1.2.3"])
    func refuses(text: String) {
        #expect(throws: UnitError.self) { try Ratio(parsing: text) }
    }

    @Test("what reads back is the same ratio in value", arguments: ["3%", "0.125%", "99.999%"])
    func roundTrip(text: String) throws {
        let ratio = try Ratio(parsing: text)
        #expect(try Ratio(parsing: ratio.description).percent == ratio.percent)
    }

    @Test("a draw accepted by a smaller ratio is accepted by every larger one", arguments: [1, 7, 99] as [UInt64])
    func nested(seed: UInt64) {
        let random = KeyedRandom(seed: seed)
        for sequence in 0..<20_000 as Range<UInt64> {
            let draw = random.draw(rule: 1, flow: 2, sequence: sequence)
            let accepted = (0...100 as ClosedRange<UInt64>).map { Ratio($0, outOf: 100).accepts(draw) }
            #expect(accepted == accepted.sorted { !$0 && $1 }, "seed \(seed), sequence \(sequence)")
        }
    }

    @Test("the borders are exact")
    func borders() {
        #expect(!Ratio(0, outOf: 1).accepts(0))
        #expect(Ratio(1, outOf: 1).accepts(.max))
        #expect(Ratio(1, outOf: 2).accepts(1 << 63 - 1))
        #expect(!Ratio(1, outOf: 2).accepts(1 << 63))
    }
}
