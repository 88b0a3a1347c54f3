import Foundation
import Histogram
import StatsModel
import Testing

@testable import StatsClient

/// What the worker records of waits: fault 16 of the guide, whose histogram had twenty buckets of whole milliseconds.
@Suite struct LiveHistogramsTests {
    @Test("fault 16: from a nanosecond to hours, a wait is kept to two digits", arguments: [
        1, 7, 480, 950_000, 1_000_001, 33_000_000, 61_000_000_000, 7_200_000_000_000,
    ] as [Int64])
    func range(nanoseconds: Int64) {
        var histograms = LiveHistograms()
        histograms.recordBuffer(nanoseconds, count: 3)
        histograms.recordSend(nanoseconds)
        histograms.recordPacket(eventCount: 4, age: nanoseconds, endToEnd: nanoseconds)
        for reported in [
            histograms.buffer.valueAtPercentile(50), histograms.send.valueAtPercentile(99),
            histograms.batchAge.valueAtPercentile(100), histograms.endToEnd.valueAtPercentile(1), histograms.recentP99,
        ] {
            #expect(abs(Double(reported) - Double(nanoseconds)) <= 0.01 * Double(nanoseconds), "\(reported)")
        }
        #expect(histograms.buffer.totalCount == 3)
    }

    @Test("a clock that was set back or ahead neither traps nor is believed")
    func clamped() {
        var histograms = LiveHistograms()
        for wrong in [Int64.min, -1, .max] { histograms.recordBuffer(wrong, count: 1) }
        #expect(histograms.buffer.totalCount == 3 && histograms.buffer.valueAtPercentile(1) == 0)
    }

    @Test("what health looks at forgets an old jam, and keeps one of the last ten seconds")
    func forgets() {
        var histograms = LiveHistograms()
        let at: (Int64) -> Instant = { Instant.start + .seconds($0) }
        histograms.turn(at: at(1))
        histograms.recordPacket(eventCount: 1, age: 0, endToEnd: 5_000_000_000)
        histograms.recordPeak(900)
        histograms.turn(at: at(11))
        #expect(histograms.recentP99 > 4_000_000_000 && histograms.recentPeak == 900)
        histograms.turn(at: at(22))
        #expect(histograms.recentP99 == 0 && histograms.recentPeak == 0)
        #expect(histograms.endToEnd.totalCount == 1, "the whole history keeps it")
    }

    @Test("all of them take the memory that the budget says, and not a fifth less", arguments: 1...2)
    func memory(digits: Int) {
        let histograms = LiveHistograms(digits: digits)
        let footprint = [
            histograms.buffer, histograms.send, histograms.endToEnd, histograms.batchAge, histograms.batchSize,
            histograms.recent, histograms.before,
        ].reduce(0) { $0 + $1.estimatedFootprintInBytes }
        let memory = LiveHistograms.memory(digits: digits)
        #expect(footprint <= memory && footprint * 5 > memory * 4, "\(footprint) of \(memory)")
    }

    @Test("a summary, which goes through the buckets once, says what the histogram itself says", arguments: 0..<40 as Range<UInt64>)
    func summary(seed: UInt64) throws {
        let random = KeyedRandom(seed: seed)
        var histogram = Histogram<UInt64>(
            highestTrackableValue: LiveHistograms.longest, numberOfSignificantValueDigits: seed % 2 == 0 ? .one : .two)
        // From one value to thousands, small ones and some of hours, zero included.
        let count = [1, 2, 10, 100, 1000, 5000][Int(seed % 6)] as UInt64
        for sequence in 0..<count {
            let draw = random.draw(rule: 1, flow: 0, sequence: sequence)
            let value = (draw >> 8) >> (16 + draw % 41)
            _ = histogram.record(min(LiveHistograms.longest, value), count: 1 + draw % 3)
        }
        let summary = DistributionSummary(histogram)
        #expect(summary.count == histogram.totalCount && summary.minimum == histogram.min && summary.maximum == histogram.max)
        #expect(summary.mean == histogram.mean, "seed \(seed)")
        let values = [summary.p50, summary.p90, summary.p95, summary.p99, summary.p999]
        #expect(values == [50, 90, 95, 99, 99.9].map { histogram.valueAtPercentile($0) }, "seed \(seed)")
        let times = LatencySummary(histogram)
        let durations = [times.minimum, times.p50, times.p90, times.p95, times.p99, times.p999, times.maximum]
        #expect(durations == ([summary.minimum] + values + [summary.maximum]).map { .nanoseconds(Int64($0)) }, "seed \(seed)")
        #expect(abs(times.mean / .nanoseconds(1) - summary.mean) <= summary.mean * 1e-9, "seed \(seed)")
        let decoded = try JSONDecoder().decode(DistributionSummary.self, from: JSONEncoder().encode(times))
        #expect(decoded == summary, "seed \(seed)")
    }

    @Test("with one digit a wait is kept to within a tenth")
    func oneDigit() {
        var histograms = LiveHistograms(digits: 1)
        for nanoseconds in [1, 480, 950_000, 61_000_000_000] as [Int64] {
            histograms.recordSend(nanoseconds)
            let reported = histograms.send.valueAtPercentile(100)
            #expect(abs(Double(reported) - Double(nanoseconds)) <= 0.1 * Double(nanoseconds), "\(reported)")
        }
    }
}
