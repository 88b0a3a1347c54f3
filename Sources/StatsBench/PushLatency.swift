import CTicks
import StatsBuffers
import StatsClient
import StatsModel
import SystemIO

/// How long single calls of `record` on a handle take.
///
/// A call of a few nanoseconds cannot be timed by the system's clock, whose reading alone takes 30. Each call stands
/// between two fenced readings of the processor's counter; the median of pairs with nothing between them is measured
/// in the same round and subtracted. What is left is told to about 10 ns; a call shorter than the fences' own jitter
/// reads as 0. So p50 is a bound, p99 and beyond are what they say: the counter sees every stall, preemption included.
package struct PushLatency: Sendable {
    package let p50: Double
    package let p99: Double
    package let p9999: Double
    package let maximum: Double
    /// What an empty pair of readings takes, which was subtracted; nanoseconds.
    package let overhead: Double
    /// Calls that the client refused; none, unless the machine kept its worker from running.
    package let refused: Int

    /// Bursts no longer than a thread's ring takes, each handed over before the next, so that the ring is never full.
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
        // Warm-up: the first call makes the thread's ring, the first burst fills the caches.
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

    /// How long one tick of the counter lasts, found against the clock over 20 ms.
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
