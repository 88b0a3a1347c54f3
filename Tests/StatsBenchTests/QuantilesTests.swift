import StatsBench
import StatsModel
import Testing

@Suite struct QuantilesTests {
    @Test("a quantile is the smallest sample with at least that share at or below it", arguments: [1, 2, 3, 10, 99, 100, 101])
    func rank(_ count: Int) throws {
        let sorted = (1...count).map { $0 * 10 }
        for share in [0.0001, 0.25, 0.5, 0.99, 0.9999, 1] {
            let value = try #require(Quantiles.rank(share, ofSorted: sorted))
            let below = sorted.count { $0 <= value }
            #expect(Double(below) >= share * Double(count))
            let less = sorted.count { $0 < value }
            #expect(Double(less) < share * Double(count))
        }
    }

    @Test("without samples there is no quantile")
    func empty() { #expect(Quantiles.rank(0.5, ofSorted: [Int]()) == nil) }
}
