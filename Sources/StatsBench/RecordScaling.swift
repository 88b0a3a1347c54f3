import StatsClient
import StatsModel
import Synchronization
import SystemIO

/// The cost of one call of `record` while several threads record on one client.
package enum RecordScaling {
    /// Processor time of one call in nanoseconds, the mean over all threads. It includes waiting for memory that another thread
    /// writes, but not waiting for a processor that another thread uses.
    ///
    /// - Parameter calls: the calls of each thread; fewer than the slots of a ring, so that none is refused
    package static func nanosecondsPerCall(threads: Int, calls: Int) throws -> Double {
        let configuration = StatsClient.Configuration()
        precondition(calls < configuration.threadBufferCapacity / 2, "a ring holds all calls and those of the warm-up")
        let sink = try Sink()
        let client = try StatsClient(configuration: configuration, destination: sink.destination)
        let gate = Gate(threads)
        let times = try ProducerThreads.run(threads) { number -> Double in
            let counter = client.counter("bench.requests", tags: ["producer": "\(number)"])
            // Warm-up: creates the thread's ring.
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

    /// Lets threads start at the same time, as far as the processors allow.
    private final class Gate: Sendable {
        private let waiting: Atomic<Int>
        init(_ count: Int) { waiting = Atomic(count) }

        func pass() {
            waiting.subtract(1, ordering: .acquiringAndReleasing)
            // Spins only a limited number of times: a thread without a processor would block the threads that have one.
            for _ in 0..<10_000 where waiting.load(ordering: .acquiring) > 0 {}
        }
    }
}
