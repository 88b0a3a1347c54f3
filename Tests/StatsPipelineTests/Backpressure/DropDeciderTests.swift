import StatsModel
import StatsPipeline
import Testing

@Suite struct DropDeciderTests {
    static let sampled = DropStrategy.sampled(
        SamplingPlan([
            .init(fill: Ratio(50, outOf: 100), keep: Ratio(1, outOf: 2)),
            .init(fill: Ratio(80, outOf: 100), keep: Ratio(1, outOf: 10)),
        ]))

    static func decide(
        _ strategy: DropStrategy, _ type: MetricType = .counter, _ priority: EventPriority = .normal,
        flags: EventFlags = [], rate: Double = 1, fill: Int, number: UInt64 = 0, seed: UInt64 = 1
    ) -> DropDecision {
        DropDecider(strategy, seed: seed).decide(
            type: type, priority: priority, flags: flags, rate: rate, count: fill, capacity: 100, flow: 7,
            number: number)
    }

    @Test("newest refuses when full, oldest evicts when full, both push before")
    func simple() {
        for fill in [0, 50, 99] {
            #expect(Self.decide(.newest, fill: fill) == .push)
            #expect(Self.decide(.oldest, fill: fill) == .push)
        }
        for fill in [100, 101] {
            #expect(Self.decide(.newest, fill: fill) == .refuse(.bufferFull))
            #expect(Self.decide(.oldest, fill: fill) == .pushEvictingOldest)
        }
    }

    @Test("fault 10: by priority, whatever the type: low is refused early, the rest evicts what is lower when full")
    func byPriority() {
        for type in MetricType.allCases {
            for priority in EventPriority.allCases {
                #expect(Self.decide(.mixedWorkload, type, priority, fill: 89) == .push)
                let late: DropDecision = priority == .low ? .refuse(.lowPriority) : .push
                #expect(Self.decide(.mixedWorkload, type, priority, fill: 90) == late)
                let full: DropDecision = priority == .low ? .refuse(.lowPriority) : .pushEvictingLower
                #expect(Self.decide(.mixedWorkload, type, priority, fill: 100) == full)
            }
        }
    }

    static func set(_ priority: EventPriority, of metric: UInt32, in table: inout PriorityTable) -> Bool {
        table.set(priority, of: MetricID(metric))
    }

    @Test("priority is the metric's own where it has one, else its type's")
    func table() {
        var table = PriorityTable(limit: 10)
        #expect(table.priority(of: MetricID(3), type: .serviceCheck) == .critical)
        #expect(table.priority(of: MetricID(3), type: .counter) == .normal)
        #expect(Self.set(.low, of: 3, in: &table))
        #expect(Self.set(.critical, of: 9, in: &table))
        #expect(!Self.set(.critical, of: 10, in: &table), "beyond the limit it is refused, not forgotten")
        #expect(table.priority(of: MetricID(3), type: .serviceCheck) == .low)
        #expect(table.priority(of: MetricID(9), type: .gauge) == .critical)
        #expect(table.priority(of: MetricID(2), type: .gauge) == .normal)
        #expect(table.priority(of: MetricID(10), type: .gauge) == .normal)
        #expect(Self.set(.high, of: 3, in: &table))
        #expect(table.priority(of: MetricID(3), type: .gauge) == .high)
    }

    @Test("fault 9: survivors carry the rate, so that a counter's estimate stays unbiased", arguments: 1...4 as ClosedRange<UInt64>)
    func unbiased(seed: UInt64) {
        let offered: UInt64 = 5_000
        for (fill, keep) in [(60, 0.5), (90, 0.1)] {
            for rate in [1, 0.25] {
                var estimate = 0.0
                var survivors = 0.0
                for number in 0..<offered {
                    let decision = Self.decide(Self.sampled, rate: rate, fill: fill, number: number, seed: seed)
                    switch decision {
                    case .pushSampled(let carried):
                        survivors += 1
                        estimate += 1 / carried
                    case .refuse(let reason): #expect(reason == .sampledOut)
                    case .push, .pushEvictingOldest, .pushEvictingLower: Issue.record("\(decision) at \(fill) %")
                    }
                }
                let truth = Double(offered) / rate
                // Five standard deviations of a binomial estimate.
                let tolerance = 5 * (Double(offered) * (1 - keep) / keep).squareRoot() / rate
                #expect(abs(estimate - truth) < tolerance, "seed \(seed), fill \(fill), rate \(rate)")
                #expect(abs(survivors / Double(offered) - keep) < 0.04, "seed \(seed), fill \(fill)")
            }
        }
    }

    @Test("draws are keyed: the same event gets the same draw, and what is kept of a tenth is kept of a half")
    func keyed() {
        var kept = (half: 0, tenth: 0)
        for number in 0..<5000 as Range<UInt64> {
            let half = Self.decide(Self.sampled, fill: 60, number: number)
            let tenth = Self.decide(Self.sampled, fill: 90, number: number)
            #expect(half == Self.decide(Self.sampled, fill: 79, number: number))
            if half != .refuse(.sampledOut) { kept.half += 1 }
            if tenth != .refuse(.sampledOut) {
                kept.tenth += 1
                #expect(half != .refuse(.sampledOut), "number \(number)")
            }
        }
        #expect(kept.half > 2000 && kept.tenth > 300, "the draws must really keep some")
    }

    @Test("what cannot be scaled up, or must not be left to chance, is never sampled")
    func notSampled() {
        for number in 0..<200 as Range<UInt64> {
            for type in [MetricType.gauge, .set, .event, .serviceCheck] {
                #expect(Self.decide(Self.sampled, type, fill: 99, number: number) == .push)
                #expect(Self.decide(Self.sampled, type, fill: 100, number: number) == .refuse(.bufferFull))
            }
            #expect(Self.decide(Self.sampled, .timing, .critical, fill: 99, number: number) == .push)
            let own = Self.decide(Self.sampled, .counter, flags: .explicitTimestamp, fill: 99, number: number)
            #expect(own == .push)
            #expect(Self.decide(Self.sampled, fill: 49, number: number) == .push, "below the first step")
        }
    }

    @Test("sampling cannot make room in a full buffer: it refuses as full, or leaves out by the draw")
    func sampledFull() {
        let decisions = (0..<200 as Range<UInt64>).map { Self.decide(Self.sampled, fill: 100, number: $0) }
        #expect(decisions.allSatisfy { $0 == .refuse(.bufferFull) || $0 == .refuse(.sampledOut) })
        #expect(decisions.contains(.refuse(.bufferFull)) && decisions.contains(.refuse(.sampledOut)))
    }

    @Test("every reason and every priority has a name that reads back")
    func names() {
        for cause in LossCause.allCases { #expect(LossCause(name: cause.name) == cause) }
        #expect(LossCause.allCases.count == LossCause.count)
        #expect(Set(LossCause.allCases.map(\.name)).count == LossCause.count)
        #expect(LossCause.allCases.map { Int($0.rawValue) } == Array(0..<LossCause.count), "a ledger is indexed by them")
        for priority in EventPriority.allCases { #expect(EventPriority(name: priority.name) == priority) }
        #expect(EventPriority.allCases.count == EventPriority.count)
        #expect(LossCause(name: "nothing") == nil && EventPriority(name: "nothing") == nil)
        #expect(EventPriority.low < .normal && EventPriority.normal < .high && EventPriority.high < .critical)
    }
}
