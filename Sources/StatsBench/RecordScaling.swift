import StatsClient
import StatsModel
import Synchronization
import SystemIO

/// What one call of `record` costs while several threads record on one client.
package enum RecordScaling {
    /// Processor time of one call in nanoseconds, the mean over all threads: what a thread waits for a processor that
    /// another one has is not in it, what it waits for memory that another one writes is.
    ///
    /// - Parameter calls: of each thread; fewer than a ring has slots, so that none is refused
    package static func nanosecondsPerCall(threads: Int, calls: Int) throws -> Double {
        let configuration = StatsClient.Configuration()
        precondition(calls < configuration.threadBufferCapacity / 2, "a ring holds all calls and those of the warm-up")
        let sink = try Sink()
        let client = try StatsClient(configuration: configuration, destination: sink.destination)
        let gate = Gate(threads)
        let times = try ProducerTeam.run(threads) { number -> Double in
            let counter = client.counter("bench.requests", tags: ["producer": "\(number)"])
            // Warm-up: makes the thread's ring.
            for _ in 0..<64 { counter.increment() }
            gate.pass()
            let before = SystemClock.threadNanoseconds
            for _ in 0..<calls { counter.increment() }
            return Double(SystemClock.threadNanoseconds - before) / Double(calls)
        }
        _ = try client.shutdownBlocking()
        BlackHole.swallow(sink)
        return times.reduce(0, +) / Double(times.count)
    }

    /// Lets threads go together, as far as the processors allow.
    private final class Gate: Sendable {
        private let waiting: Atomic<Int>
        init(_ count: Int) { waiting = Atomic(count) }

        func pass() {
            waiting.subtract(1, ordering: .acquiringAndReleasing)
            // A few turns at most: a thread that has no processor would keep those waiting that have one.
            for _ in 0..<10_000 where waiting.load(ordering: .acquiring) > 0 {}
        }
    }
}
