import StatsBuffers
@testable import StatsClient
import StatsModel
@testable import StatsPipeline
import Testing

@Suite struct CacheLineTests {
    @Test("fault 2: what two threads write stands 128 bytes, a pair of lines, apart in the live client as well")
    func distances() {
        let pair: UInt = 128
        // The live client's producer keeps its own words in front of the tail: all of them end before its pair begins.
        #expect(ThreadRing.refusedCountsOffset + 8 * UInt(MetricType.allCases.count) <= RingStorage.tailOffset)
        // An aggregator's cells: one line each, and stripes whole pairs apart from one another.
        let aggregator = LocalAggregator()
        #expect(AggregateStorage.cellStride == 64 && UInt(aggregator.stripes.stride) % pair == 0)
    }
}
