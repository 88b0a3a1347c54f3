import StatsClient
import SystemIO

/// Measures the memory of a live client. Run it in a new process: memory that an earlier measurement used would be reused, and
/// would not show.
package enum MemoryProbe {
    /// The growth of the process's private memory in bytes, compared with the time before the client.
    package struct Growth: Codable, Sendable, Equatable {
        /// After the client sent its first event: its thread, its tables and the first page of its ring.
        package let first: Int
        /// After it sent all events.
        package let all: Int
    }

    /// Records `events` events in bursts and waits until each burst is sent. Bursts are 10 000 events for a ring of 16 384
    /// slots, or 2000 for the default ring (`isDefault`). Returns nil if the system does not report a process's memory.
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
