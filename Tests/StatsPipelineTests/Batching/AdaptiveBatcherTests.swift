import StatsPipeline
import Testing

@Suite struct AdaptiveBatcherTests {
    /// A batcher brought to that level.
    static func batcher(_ level: AdaptiveBatcher.Level) -> AdaptiveBatcher {
        var batcher = AdaptiveBatcher(minimumSize: 10, maximumSize: 50)
        switch level {
        case .small: break
        case .medium: batcher.recordUtilisation(count: 60, capacity: 100)
        case .large: batcher.recordUtilisation(count: 100, capacity: 100)
        }
        return batcher
    }

    struct Row: Sendable {
        let percent: Int
        /// The level after it, coming from small, medium, large.
        let small, medium, large: AdaptiveBatcher.Level
    }

    @Test(
        "fault 6: where each level goes at each utilisation, borders included",
        arguments: [
            Row(percent: 0, small: .small, medium: .small, large: .small),
            Row(percent: 24, small: .small, medium: .small, large: .small),
            Row(percent: 25, small: .small, medium: .medium, large: .medium),
            Row(percent: 40, small: .small, medium: .medium, large: .medium),
            Row(percent: 49, small: .small, medium: .medium, large: .medium),
            Row(percent: 50, small: .small, medium: .medium, large: .large),
            Row(percent: 51, small: .medium, medium: .medium, large: .large),
            Row(percent: 75, small: .medium, medium: .medium, large: .large),
            Row(percent: 76, small: .large, medium: .large, large: .large),
            Row(percent: 100, small: .large, medium: .large, large: .large),
        ])
    func table(row: Row) {
        for (from, expected) in zip(AdaptiveBatcher.Level.allCases, [row.small, row.medium, row.large]) {
            var batcher = Self.batcher(from)
            #expect(batcher.level == from)
            batcher.recordUtilisation(count: row.percent, capacity: 100)
            #expect(batcher.level == expected, "from \(from) at \(row.percent) %")
            batcher.recordUtilisation(count: row.percent, capacity: 100)
            #expect(batcher.level == expected, "the same utilisation again changes nothing")
        }
    }

    @Test("fault 6: a utilisation that wavers around a border does not make the size flutter", arguments: [50, 75])
    func flutter(border: Int) {
        var batcher = Self.batcher(.small)
        var sizes: [Int] = []
        for step in 0..<20 {
            batcher.recordUtilisation(count: border + (step.isMultiple(of: 2) ? 1 : -1), capacity: 100)
            sizes.append(batcher.batchSize)
        }
        #expect(Set(sizes).count == 1)
    }

    @Test("the sizes are the minimum, the middle and the maximum; a batch has at least one event")
    func sizes() {
        #expect(AdaptiveBatcher.Level.allCases.map { Self.batcher($0).batchSize } == [10, 30, 50])
        var batcher = AdaptiveBatcher(minimumSize: 1, maximumSize: 1)
        for fill in [0, 60, 100] {
            batcher.recordUtilisation(count: fill, capacity: 100)
            #expect(batcher.batchSize == 1)
        }
        var largest = AdaptiveBatcher(minimumSize: 1, maximumSize: .max)
        largest.recordUtilisation(count: .max, capacity: .max)
        #expect(largest.batchSize == .max)
    }
}
