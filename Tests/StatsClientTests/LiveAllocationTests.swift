import CAllocationCount
import StatsBuffers
import StatsClient
import StatsModel
import SystemIO
import Testing

/// How often the calling thread asks the heap for memory while `body` runs.
private func allocations(_ body: () -> Void) -> Int64 {
    let before = callocationcount_of_thread()
    body()
    return callocationcount_of_thread() - before
}

/// What a recording call may take from the heap: nothing, in debug and release.
@Suite struct LiveAllocationTests {
    /// False where a sanitizer's heap stands in front of the counter.
    static let isCounted = callocationcount_of_thread() >= 0

    static func client(capacity: Int = 1 << 15) throws -> StatsClient {
        var configuration = StatsClient.Configuration()
        configuration.threadBufferCapacity = capacity
        return try StatsClient(configuration: configuration, destination: .udp(host: "127.0.0.1", port: 9))
    }

    @Test("the counter counts", .enabled(if: isCounted, "another heap stands in front of ours"))
    func counts() {
        var kept: [[Int]] = []
        kept.reserveCapacity(3)
        let count = allocations { for index in 0..<3 { kept.append([index, index]) } }
        #expect(count >= 3)
        #expect(kept.count == 3)
    }

    @Test("recording on a handle asks for no memory", .enabled(if: isCounted, "another heap stands in front of ours"))
    func handles() throws {
        let client = try Self.client()
        let counter = client.counter("a.count", tags: ["env": "prod"])
        let sampled = client.counter("a.sampled", sampleRate: 0.5)
        let gauge = client.gauge("a.level")
        let timing = client.timing("a.timing")
        let histogram = client.histogram("a.histogram")
        let distribution = client.distribution("a.distribution")
        let record = {
            counter.increment()
            counter.increment(by: 2.5)
            sampled.increment()
            gauge.set(3)
            gauge.adjust(by: -1)
            timing.record(milliseconds: 1.5)
            timing.record(nanoseconds: 1_500)
            timing.record(.microseconds(3))
            histogram.record(7)
            distribution.record(8)
        }
        // The first call makes the thread's ring; the first hundreds walk each path once, which in a debug build makes
        // the runtime's own descriptions of types.
        for _ in 0..<300 { record() }
        let count = allocations { for _ in 0..<2000 { record() } }
        #expect(count == 0)
        #expect(client.exportMetrics().eventsReceived >= 18_000)
        _ = try client.shutdownBlocking()
    }

    @Test("a full ring refuses without memory", .enabled(if: isCounted, "another heap stands in front of ours"))
    func refusals() throws {
        let client = try Self.client(capacity: 2)
        let counter = client.counter("a.count")
        counter.increment()
        var refused = 0
        let count = allocations {
            for _ in 0..<20_000 where counter.increment() == .refused(.bufferFull) { refused += 1 }
        }
        #expect(count == 0)
        #expect(refused > 0)
        _ = try client.shutdownBlocking()
    }

    @Test(
        "recording by name asks for no memory once the name and its tags were seen",
        .enabled(if: isCounted, "another heap stands in front of ours"))
    func names() throws {
        let client = try Self.client()
        // Too long for the string's own 15 bytes, so that it is a heap string like those of a request.
        let code = String(repeating: "404", count: 9)
        let record = {
            client.increment("http.requests", tags: [("env", "prod"), ("code", code)])
            client.setGauge("http.open.connections.of.this.host", to: 3, tags: [("env", "prod"), ("code", code)])
            client.recordTiming("http.latency", milliseconds: 2, tags: [("env", "prod")])
            client.recordTiming("http.latency", .milliseconds(2), tags: [("env", "prod")])
            client.recordHistogram("http.bytes", 512, tags: [("env", "prod")])
            client.recordDistribution("http.amount", 1.5, tags: [("env", "prod")])
        }
        for _ in 0..<300 { record() }
        let count = allocations { for _ in 0..<2000 { record() } }
        #expect(count == 0)
        _ = try client.shutdownBlocking()
    }
}
