import NetworkEmulator
import StatsModel
import StatsPipeline
import Testing

@testable import ReplayEngine

@Suite("LossLimits") struct LossLimitsTests {
    @Test("the limits of a plain scenario are those of the classes, and no command line states them")
    func standard() {
        let limits = Scenario().lossLimits
        #expect(limits.all.map(\.description) == ["counter=5%", "gauge=2%", "timing=1%", "critical=0%"])
        #expect(limits.arguments.isEmpty && limits.patterns.isEmpty)
    }

    @Test("a word is a limit", arguments: [
        ("timing=2%", .lossClass(.timing), Ratio(2, outOf: 100)), ("timing=2", .lossClass(.timing), Ratio(2, outOf: 100)),
        ("critical=0.5 %", .lossClass(.critical), Ratio(5, outOf: 1000)), ("counter=100%", .lossClass(.counter), Ratio(100, outOf: 100)),
        ("checkout.*=0%", .pattern("checkout.*"), .zero), ("login.failed=0", .pattern("login.failed"), .zero),
        ("*=1.5%", .pattern("*"), Ratio(15, outOf: 1000)), ("a=b=3%", .pattern("a=b"), Ratio(3, outOf: 100)),
        ("Timing=1%", .pattern("Timing"), Ratio(1, outOf: 100)), ("café au lait*=1%", .pattern("café au lait*"), Ratio(1, outOf: 100)),
    ] as [(String, LossSubject, Ratio)])
    func reading(text: String, subject: LossSubject, share: Ratio) throws {
        let limit = try LossLimit(parsing: text)
        #expect(limit == LossLimit(subject, share))
        #expect(try LossLimit(parsing: limit.description) == limit)
    }

    @Test("a word that is no limit is refused with what is allowed", arguments: [
        ("timing", "such as timing=2%"), ("=2%", "such as timing=2%"), ("timing=", "such as timing=2%"), ("", "such as timing=2%"),
        ("timing=0.03", "0.03% or 3%?"), ("timing=120%", "more than 100%"), ("timing=-1%", "a probability"), ("timing=x", "a probability"),
        ("a*b=1%", "a * at its end"), ("**=1%", "a * at its end"), ("\u{7}=1%", "a * at its end"), ("a\\b=1%", "a * at its end"),
        ("cafe\u{301}=1%", "a * at its end"), (String(repeating: "x", count: 256) + "=1%", "255 bytes"),
    ])
    func refusals(text: String, sentence: String) throws {
        let error = try #require(throws: UnitError.self) { try LossLimit(parsing: text) }
        #expect(error.description.contains(sentence), "\(error)")
    }

    @Test("a share just above zero is asked about, not guessed")
    func question() throws {
        let error = try #require(throws: UnitError.self) { try LossLimits(parsing: ["checkout.*=0.5"]) }
        #expect(error.description == "'0.5' is not clear: 0.5% or 50%? Write the percent sign")
    }

    @Test("the order of words decides nothing, and the arguments give the same limits again", arguments: [
        [], ["timing=2%"], ["timing=2%", "counter=0%", "b.*=1%", "a=0%", "a.*=0.25%"], ["critical=100%", "*=50%"], ["counter=5%", "x=5%"],
    ])
    func arguments(words: [String]) throws {
        let limits = try LossLimits(parsing: words)
        #expect(try LossLimits(parsing: words.reversed()) == limits)
        let stated = limits.arguments.filter { $0 != "--limit" }
        #expect(try LossLimits(parsing: stated) == limits && limits.arguments.count == 2 * stated.count)
        #expect(!limits.arguments.contains("counter=5%"), "what is standard is not stated")
    }

    @Test("a subject has one limit, and there are at most 64 patterns")
    func bounds() throws {
        for words in [["timing=2%", "timing=3%"], ["a.*=1%", "b=1%", "a.*=1%"]] {
            let error = try #require(throws: UnitError.self) { try LossLimits(parsing: words) }
            #expect(error.description.contains("has a limit already"), "\(error)")
        }
        let many = (0...64).map { "metric.\($0)=1%" }
        #expect(try LossLimits(parsing: Array(many.dropLast())).patterns.count == 64)
        let error = try #require(throws: UnitError.self) { try LossLimits(parsing: many) }
        #expect(error.description.contains("at most 64"), "\(error)")
        var scenario = Scenario()
        scenario.lossLimits["timing"] = .zero
        #expect(throws: UnitError.self) { try scenario.validate() }
        scenario.lossLimits["timing"] = nil
        scenario.lossLimits["a*b"] = .zero
        #expect(throws: UnitError.self) { try scenario.validate() }
    }

    @Test("loss equal to the limit breaks it, one event less holds; at 0 % a single event breaks it", arguments: [
        (1, 100, 1, false), (1, 100, 0, true), (1, 101, 1, true), (5, 1000, 50, false), (5, 1000, 49, true), (0, 1_000_000, 1, false),
        (0, 1_000_000, 0, true), (100, 10, 10, false), (100, 10, 9, true), (0, 0, 0, true), (5, 0, 0, true),
    ] as [(UInt64, UInt64, UInt64, Bool)])
    func boundary(percent: UInt64, offered: UInt64, lost: UInt64, holds: Bool) {
        let limit = LossLimit(.pattern("a.*"), Ratio(percent, outOf: 100))
        #expect(limit.allows(lost: lost, of: offered) == holds)
    }

    @Test("limits stand in a scenario's command line, behind its faults")
    func scenario() throws {
        var scenario = Scenario()
        scenario.impairments.loss = Ratio(3, outOf: 100)
        scenario.lossLimits = try LossLimits(parsing: ["checkout.*=0%", "timing=2%"])
        #expect(scenario.arguments == ["--loss", "3%", "--limit", "timing=2%", "--limit", "checkout.*=0%", "--seed", "1"])
        #expect(scenario.nameParts == ["loss", "3", "limit", "timing-2", "limit", "checkout.-0"])
    }
}

@Suite("MetricPool") struct MetricPoolTests {
    private static let capture = [
        "checkout.paid:1|c", "checkout.paid:1|c|#shop:a", "checkout.time:3|ms", "checkout:1|g", "login.failed:1|c",
        "_e{11,4}:checkout.no|text", "_sc|checkout.door|0",
    ]

    @Test("a pattern pools metrics of every type by their names without tags; events and service checks are none", arguments: [
        ("checkout.*", 3, 3), ("checkout*", 4, 4), ("checkout", 1, 1), ("checkout.paid", 2, 2), ("*", 5, 5), ("login.*", 1, 1),
        ("checkout.no", 0, 0), ("checkout.door", 0, 0), ("paid", 0, 0), ("Login.*", 0, 0), ("checkout.paid{", 0, 0),
    ] as [(MetricPattern, Int, UInt64)])
    func pools(pattern: MetricPattern, metrics: Int, offered: UInt64) throws {
        let capture = try SyntheticCapture(lines: Self.capture.enumerated().map { (Int64($0) * 1_000_000, $1) })
        let record = try capture.replay(Scenario())
        let pool = record.metrics.pools(of: [pattern])[0]
        #expect(pool.metrics == metrics && pool.offered == offered && pool.delivered == offered && pool.recovered == 0)
        #expect(MetricOutcomes(Array(record.metrics)).pools(of: [pattern]) == [pool], "by their labels the metrics are the same")
    }

    @Test("what running totals recovered counts, each metric's as far as it was lost")
    func recovered() {
        let metrics: MetricOutcomes = [
            MetricOutcome(type: .counter, label: "a.b", offered: 10, delivered: 4, offeredValue: 0, deliveredValue: 0, recovered: 5),
            MetricOutcome(type: .counter, label: "a.c{x:y}", offered: 10, delivered: 8, offeredValue: 0, deliveredValue: 0, recovered: 7),
            MetricOutcome(type: .timing, label: "b", offered: 3, delivered: 0, offeredValue: 0, deliveredValue: 0),
        ]
        let pools = metrics.pools(of: ["a.*", "*"])
        #expect(pools.map(\.recovered) == [7, 7] && pools.map(\.offered) == [20, 23] && pools.map(\.delivered) == [12, 12])
        #expect(pools.map(\.metrics) == [2, 3])
    }
}
