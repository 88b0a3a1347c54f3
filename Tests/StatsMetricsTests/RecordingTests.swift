import CAllocationCount
import Dispatch
import Foundation
import Metrics
import StatsClient
import StatsMetrics
import StatsModel
import Testing

/// Many threads, and what recording costs.
struct RecordingTests {
    /// Whether the counter stands in front of this process's allocator.
    static let countsAllocations: Bool = {
        let before = callocationcount_of_thread()
        let block = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 8)
        unsafe block.deallocate()
        return callocationcount_of_thread() > before
    }()

    /// Runs `body` on that many threads at once and waits for them.
    static func countdown(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
        let group = DispatchGroup()
        for number in 0..<count {
            group.enter()
            Thread.detachNewThread {
                body(number)
                group.leave()
            }
        }
        group.wait()
    }

    @Test("several threads lose nothing unnamed, and the meter's level is the sum")
    func threads() throws {
        var wire = try TestWire { $0.threadBufferCapacity = 1 << 14 }
        let factory = StatsMetricsFactory(client: wire.client)
        let meter = Meter(label: "level", factory: factory)
        Self.countdown(4) { number in
            // Each makes its own objects: they share the handlers.
            let counter = Counter(label: "shared", factory: factory)
            let level = Meter(label: "level", factory: factory)
            for index in 0..<1000 {
                counter.increment()
                if number % 2 == 0 { level.increment(by: 3) } else { level.decrement(by: 1) }
                if index % 100 == 0 {
                    let other = Timer(label: "timer.\(index)", factory: factory)
                    other.recordMilliseconds(index)
                    other.destroy()
                }
            }
        }
        // Order holds per thread only, so what the others recorded goes out first.
        try wire.client.flushBlocking()
        meter.increment(by: 1)
        let events = try wire.finish()
        let lost = wire.client.ledger.lost.counts
        #expect(UInt64(events.count { $0.label == "shared" }) + lost[.counter] == 4000)
        #expect(UInt64(events.count { $0.type == .timing }) + lost[.timing] == 40)
        #expect(events.count { $0.type == .gauge } >= 4001 - Int(lost[.gauge]))
        #expect(events.last { $0.type == .gauge }?.value == 4001)
    }

    @Test(
        "recording on every kind of object allocates nothing",
        .enabled(if: countsAllocations, "another allocator is in place"))
    func allocations() throws {
        var wire = try TestWire()
        let factory = StatsMetricsFactory(client: wire.client)
        let counter = Counter(label: "c", dimensions: [("k", "v")], factory: factory)
        let floating = FloatingPointCounter(label: "f", factory: factory)
        let meter = Meter(label: "m", factory: factory)
        let gauge = Gauge(label: "g", factory: factory)
        let recorder = Recorder(label: "r", factory: factory)
        let timer = Timer(label: "t", factory: factory)
        let seconds = Timer(label: "s", preferredDisplayUnit: .seconds, factory: factory)
        func record(_ index: Int) {
            counter.increment()
            floating.increment(by: 0.5)
            meter.increment()
            meter.set(index)
            gauge.record(index)
            recorder.record(1.5)
            timer.recordNanoseconds(index)
            seconds.recordNanoseconds(index)
            counter.reset()
            floating.increment(by: Double.nan)
        }
        // The thread's ring and Swift's own caches come with the first rounds.
        for index in 0..<10 { record(index) }
        let before = callocationcount_of_thread()
        for index in 0..<10_000 { record(index) }
        let made = callocationcount_of_thread() - before
        #expect(made == 0, "allocations in 100 000 records")
        _ = try wire.finish()
    }
}
