import StatsClient
import SystemIO

/// What memory a live client takes. To be run in a process that has done nothing else: memory once touched by an earlier
/// measurement would be used again and not show.
package enum MemoryProbe {
    /// Bytes of its own by which the process grew since there was no client.
    package struct Growth: Codable, Sendable, Equatable {
        /// Once the client had sent its first event: its thread, tables and the first page of its ring.
        package let first: Int
        /// Once it had sent all.
        package let all: Int
    }

    /// Records `events` events, in bursts of 10 000 into a ring of 16 384 slots (`isDefault`: of 2000 into the default
    /// one), and sees to it that each burst is sent; nil where the system does not tell a process's memory.
    package static func run(events: Int, isDefault: Bool = false) throws -> Growth? {
        let sink = try Sink()
        var configuration = StatsClient.Configuration()
        let burst = isDefault ? 2000 : 10_000
        if !isDefault { configuration.threadBufferCapacity = 16_384 }
        guard let before = HostDescription.privateByteCount else { return nil }
        let client = try StatsClient(configuration: configuration, destination: sink.destination)
        let counter = client.counter("bench.requests", tags: ["env": "bench"])
        counter.increment()
        try client.flushBlocking()
        guard let first = HostDescription.privateByteCount else { return nil }
        var left = events
        while left > 0 {
            for _ in 0..<min(burst, left) { counter.increment() }
            left -= min(burst, left)
            try client.flushBlocking()
        }
        guard let all = HostDescription.privateByteCount else { return nil }
        _ = try client.shutdownBlocking()
        return Growth(first: max(0, first - before), all: max(0, all - before))
    }
}
