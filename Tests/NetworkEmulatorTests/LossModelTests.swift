import StatsModel
import StatsWire
import Testing

@testable import NetworkEmulator

/// Data packet `number` of session 3.
func dataPacket(_ number: UInt64, attempt: UInt64 = 0) -> PacketIdentity {
    PacketIdentity(kind: .data, session: 3, sequence: number, key: number, isNumbered: true, attempt: attempt)
}

@Suite struct LossModelTests {
    static let models = [
        "3%", "random:3%,25%", "random:10%,70%", "gemodel:2%,30%", "gemodel:1%,20%,80%", "gemodel:2%,10%,60%,1%",
        "gemodel:70%,60%", "state:3%", "state:2%,40%", "state:2%,30%,20%,50%", "state:1%,25%,25%,60%,2%",
    ]

    /// The losses of `count` packets in a row.
    private static func losses(_ model: LossModel, seed: UInt64, count: UInt64) -> [Bool] {
        var rule = LossRule(model, index: 0, random: KeyedRandom(seed: seed))
        return (1...count).map { rule.isLost(dataPacket($0), fragments: 1) }
    }

    private static func lengths(of losses: [Bool]) -> [Int] {
        losses.split(separator: false).map(\.count)
    }

    @Test("the long-run rate is the theory's, over 40 seeds of 8000 packets", arguments: models)
    func rates(text: String) throws {
        let model = try LossModel(parsing: text)
        let theory = LossTheory(model)
        #expect(abs(theory.rate - model.longRunRate) < 1e-9)
        let rates = (1...40 as ClosedRange<UInt64>).map { seed in
            Double(Self.losses(model, seed: seed, count: 8000).count { $0 }) / 8000
        }
        let mean = rates.reduce(0, +) / 40
        let variance = rates.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 39
        // Student's t of 39 degrees of freedom exceeds 5.5 once in 400 000 tests.
        let t = (mean - theory.rate) / (variance / 40).squareRoot()
        #expect(abs(t) < 5.5, "\(text): rate \(mean), expected \(theory.rate), t \(t)")
    }

    /// Counts of every `stride`-th burst by length, those above 40 in one class. Bursts next to each other may share a bad
    /// period; so far apart they are independent, as the chi-square test asks.
    private static func burstCounts(_ model: LossModel, stride: Int = 5) -> [Int] {
        var counts = Array(repeating: 0, count: 41)
        for seed in 100..<140 as Range<UInt64> {
            for (index, length) in lengths(of: losses(model, seed: seed, count: 10_000)).enumerated()
            where index % stride == 0 {
                counts[min(length, 41) - 1] += 1
            }
        }
        return counts
    }

    @Test("burst lengths are spread as the theory says", arguments: models)
    func bursts(text: String) throws {
        let model = try LossModel(parsing: text)
        let (value, freedom) = ChiSquare.statistic(
            Self.burstCounts(model), LossTheory(model).burstLengths(upTo: 40))
        #expect(freedom >= 1 && value < ChiSquare.bound(freedom: freedom), "\(text): \(value) of \(freedom) degrees")
    }

    @Test("the test of burst lengths refuses a model that is a little beside the truth", arguments: [
        ("gemodel:2%,30%", "gemodel:2%,36%"), ("random:3%,25%", "random:3%,15%"), ("random:3%,25%", "3%"),
        ("state:2%,30%,20%,50%", "state:2%,65%"),
    ])
    func refusesNeighbours(truth: String, other: String) throws {
        let (value, freedom) = ChiSquare.statistic(
            Self.burstCounts(try LossModel(parsing: truth)), LossTheory(try LossModel(parsing: other)).burstLengths(upTo: 40))
        #expect(value > ChiSquare.bound(freedom: freedom), "\(value) of \(freedom) degrees")
    }

    @Test("bursts of a simple Gilbert model are geometric, of mean 1 / r")
    func geometric() throws {
        let theory = LossTheory(try LossModel(parsing: "gemodel:2%,25%")).burstLengths(upTo: 6)
        for (index, share) in theory.prefix(6).enumerated() {
            let expected = (0..<index).reduce(0.25) { product, _ in product * 0.75 }
            #expect(abs(share - expected) < 1e-12)
        }
        let model = try LossModel(parsing: "gemodel:2%,25%")
        let lengths = (1...20 as ClosedRange<UInt64>).flatMap {
            Self.lengths(of: Self.losses(model, seed: $0, count: 20_000))
        }
        let mean = Double(lengths.reduce(0, +)) / Double(lengths.count)
        // About 7400 bursts of deviation 3.46: five standard errors are 0.2.
        #expect(abs(mean - 4) < 0.2, "\(mean) over \(lengths.count) bursts")
    }

    @Test("what happens to a number does not depend on the numbers asked before", arguments: models)
    func anyOrder(text: String) throws {
        let model = try LossModel(parsing: text)
        let inOrder = Self.losses(model, seed: 9, count: 10_000)
        var rule = LossRule(model, index: 0, random: KeyedRandom(seed: 9))
        let random = KeyedRandom(seed: 77)
        for step in 0..<300 as Range<UInt64> {
            let number = random.draw(rule: 1, flow: 0, sequence: step) % 10_000 + 1
            #expect(rule.isLost(dataPacket(number), fragments: 1) == inOrder[Int(number) - 1], "number \(number)")
        }
        var far = LossRule(model, index: 0, random: KeyedRandom(seed: 9))
        _ = far.isLost(dataPacket(.max), fragments: 1)
    }

    @Test("second sendings, heartbeats and other sessions between shift nothing", arguments: models)
    func undisturbed(text: String) throws {
        let model = try LossModel(parsing: text)
        let plain = Self.losses(model, seed: 4, count: 3000)
        var rule = LossRule(model, index: 0, random: KeyedRandom(seed: 4))
        for number in 1...3000 as ClosedRange<UInt64> {
            #expect(rule.isLost(dataPacket(number), fragments: 1) == plain[Int(number) - 1], "number \(number)")
            _ = rule.isLost(dataPacket(number, attempt: 1), fragments: 1)
            _ = rule.isLost(PacketIdentity(kind: .heartbeat, session: 3, sequence: number, key: number), fragments: 1)
            var stranger = dataPacket(number)
            stranger.session = 8 + number % 3
            _ = rule.isLost(stranger, fragments: 1)
        }
    }

    @Test("without memory, a second sending is drawn anew; with memory, it meets the burst that is going on")
    func secondSendings() throws {
        func share(_ text: String, behind: Int) throws -> Double {
            var rule = LossRule(try LossModel(parsing: text), index: 0, random: KeyedRandom(seed: 12))
            var first = 0
            var both = 0
            for number in 1...40_000 as ClosedRange<UInt64> where rule.isLost(dataPacket(number), fragments: 1) {
                first += 1
                var last = false
                for attempt in 1...UInt64(behind) { last = rule.isLost(dataPacket(number, attempt: attempt), fragments: 1) }
                if last { both += 1 }
            }
            return Double(both) / Double(first)
        }
        // About 4000 firsts each: five standard errors are below 0.04.
        #expect(abs(try share("10%", behind: 1) - 0.1) < 0.04)
        #expect(abs(try share("gemodel:1%,10%", behind: 1) - 0.9) < 0.04)
        // Fifty packets later the burst is over, as good as.
        #expect(try share("gemodel:1%,10%", behind: 50) < 0.15)
    }

    @Test("what the milder model loses the worse one loses too", arguments: [
        ["1%", "3%", "5%", "60%"], ["random:1%,40%", "random:3%,40%", "random:30%,40%"],
        ["gemodel:1%,20%", "gemodel:2%,20%", "gemodel:9%,20%", "gemodel:9%,11%"],
        ["gemodel:3%,20%,50%", "gemodel:3%,20%,70%", "gemodel:3%,20%,100%", "gemodel:3%,20%,100%,5%"],
        ["state:1%", "state:4%"],
    ], 1...4 as ClosedRange<UInt64>)
    func nested(texts: [String], seed: UInt64) throws {
        var smaller: Set<Int> = []
        for text in texts {
            let losses = Self.losses(try LossModel(parsing: text), seed: seed, count: 12_000)
            let lost = Set(losses.indices.filter { losses[$0] })
            #expect(smaller.isSubset(of: lost), "seed \(seed), \(text)")
            #expect(lost.count > smaller.count, "seed \(seed), \(text)")
            smaller = lost
        }
    }

    @Test("models that mean the same lose the same packets", arguments: [
        ("3%", "random:3%,0%"), ("3%", "state:3%"), ("3.0%", "3%"), ("gemodel:3%", "gemodel:3%,97%,100%,0%"),
        ("state:2%,30%", "state:2%,30%,0%,100%,0%"),
    ])
    func equal(one: String, other: String) throws {
        #expect(
            Self.losses(try LossModel(parsing: one), seed: 5, count: 5000)
                == Self.losses(try LossModel(parsing: other), seed: 5, count: 5000))
    }

    @Test("what is written reads back", arguments: models)
    func roundTrip(text: String) throws {
        let model = try LossModel(parsing: text)
        #expect(try LossModel(parsing: model.description) == model)
    }

    @Test("a model that makes no sense is refused with what is wrong", arguments: [
        ("state:80%,10%,0%,0%,30%", "p13 + p14"), ("state:1%,60%,60%", "p31 + p32"), ("random:1%,2%,3%", "2 parameters"),
        ("gemodel:1%,x", "r of gemodel"), ("gilbert:1%", "a loss model"), ("gemodel:0.03", "0.03% or 3%?"), ("", "probability"),
    ])
    func refused(text: String, sentence: String) {
        let error = #expect(throws: UnitError.self) { try LossModel(parsing: text) }
        #expect(error?.description.contains(sentence) == true, "\(String(describing: error))")
    }

    @Test("chains without a way out stay where they are", arguments: [
        ("state:0%", 0.0), ("state:5%,0%", 1), ("gemodel:0%,0%", 0), ("gemodel:0%,50%", 0), ("state:5%,10%,10%,0%", 0),
        ("100%", 1),
    ])
    func corners(text: String, rate: Double) throws {
        let model = try LossModel(parsing: text)
        #expect(model.longRunRate == rate)
        let lost = Self.losses(model, seed: 3, count: 500).count { $0 }
        #expect(lost == Int(rate * 500))
    }
}
