import StatsBench
import Testing

@Suite struct BenchBarTests {
    static let push = BenchBar(.below, target: 100, excellent: 50, poor: 1000)
    static let rate = BenchBar(.above, target: 100e3, excellent: 500e3, poor: 10e3)

    @Test(
        "a value below the bars is judged by the guide's table, each bar exclusive",
        arguments: [
            (0, BenchVerdict.excellent), (49.9, .excellent), (50, .target), (99.9, .target), (100, .missed),
            (1000, .missed), (1000.1, .poor), (.nan, .poor), (.infinity, .poor),
        ])
    func below(_ value: Double, _ verdict: BenchVerdict) { #expect(Self.push.verdict(of: value) == verdict) }

    @Test(
        "a value above the bars is judged the other way round",
        arguments: [
            (500_001, BenchVerdict.excellent), (500_000, .target), (100_001, .target), (100_000, .missed), (10_000, .missed),
            (9_999, .poor), (0, .poor),
        ])
    func above(_ value: Double, _ verdict: BenchVerdict) { #expect(Self.rate.verdict(of: value) == verdict) }

    @Test("a bar of none is reached by none alone")
    func none() {
        let bar = BenchBar(.below, target: 0.001, excellent: 0, poor: 1)
        #expect(bar.verdict(of: 0) == .excellent)
        #expect(bar.verdict(of: 0.0001) == .target)
        #expect(bar.verdict(of: 2) == .poor)
    }

    @Test("a row's value is the median of its rounds, and its spread their extremes")
    func median() {
        func row(_ rounds: [Double]) -> BenchRow {
            BenchRow(name: "a", title: "A", unit: .nanoseconds, bar: Self.push, rounds: rounds, method: "")
        }
        #expect(row([400, 3, 90]).median == 90)
        #expect(row([400, 3, 90]).verdict == .target)
        #expect(row([400, 3, 90]).spread == 3...400)
        #expect(row([10, 20, 30, 40]).median == 25)
        #expect(row([]).median == nil)
        #expect(row([]).verdict == .unmeasured)
    }
}
