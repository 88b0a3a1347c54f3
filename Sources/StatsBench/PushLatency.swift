import CTicks
import StatsBuffers
import StatsClient
import StatsModel
import SystemIO

/// The duration of individual calls of `record` on a handle.
///
/// A call of a few nanoseconds cannot be timed by the system's clock, which takes 30 ns to read. Each call is placed between
/// two fenced readings of the processor's counter. The median of empty pairs is measured in the same round and subtracted. The
/// rest is exact to about 10 ns, and a call shorter than the jitter of the fences reads as 0. So p50 is only an upper bound.
/// p99 and higher are accurate: the counter sees every stall, preemption included.
package struct PushLatency: Sendable {
    /// The median, in nanoseconds.
    package let p50: Double
    /// The 99th percentile, in nanoseconds.
    package let p99: Double
    /// The 99.99th percentile, in nanoseconds.
    package let p9999: Double
    /// The longest call, in nanoseconds.
    package let maximum: Double
    /// The duration of an empty pair of readings, which was subtracted; in nanoseconds.
    package let overhead: Double
    /// Calls that the client refused. There are none, unless the machine kept the client's worker from running.
    package let refused: Int

    /// Calls in a burst. A thread's ring holds a whole burst, and each burst is handed over before the next, so the ring is
    /// never full.
    static let burst = 2000

    /// - Parameter calls: rounded up to whole bursts
    package static func measure(calls: Int) throws -> PushLatency {
        let sink = try Sink()
        let client = try StatsClient(destination: sink.destination)
        let counter = client.counter("bench.requests", tags: ["env": "bench"])
        let scale = nanosecondsPerTick()
        let bursts = max(1, (calls + burst - 1) / burst)
        var samples = [UInt64](repeating: 0, count: bursts * burst)
        var empty = [UInt64](repeating: 0, count: burst)
        var refused = 0
        // Warm-up: the first call creates the thread's ring, and the first burst fills the caches.
        for _ in 0..<burst { counter.increment() }
        try client.flushBlocking()
        for number in 0..<bursts {
            for index in number * burst..<(number + 1) * burst {
                let before = cticks_now()
                let answer = counter.increment()
                let after = cticks_now()
                samples[index] = after &- before
                if answer != .buffered { refused += 1 }
            }
            try client.flushBlocking()
        }
        for index in empty.indices {
            let before = cticks_now()
            empty[index] = cticks_now() &- before
        }
        _ = try client.shutdownBlocking()
        samples.sort()
        empty.sort()
        let overhead = Quantiles.rank(0.5, ofSorted: empty) ?? 0
        func quantile(_ share: Double) -> Double {
            let ticks = Quantiles.rank(share, ofSorted: samples) ?? 0
            return ticks > overhead ? Double(ticks - overhead) * scale : 0
        }
        return PushLatency(
            p50: quantile(0.5), p99: quantile(0.99), p9999: quantile(0.9999), maximum: quantile(1),
            overhead: Double(overhead) * scale, refused: refused)
    }

    /// The duration of one tick of the counter, measured against the clock over 20 ms.
    static func nanosecondsPerTick() -> Double {
        let clock = SystemClock()
        let begin = clock.now
        let first = cticks_now()
        while clock.now < begin + .milliseconds(20) {}
        let last = cticks_now()
        let time = Double((clock.now - begin).rawValue)
        return last > first ? time / Double(last - first) : 1
    }
}
