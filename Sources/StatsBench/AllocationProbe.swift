import CAllocationCount
import StatsBuffers
import StatsClient
import StatsModel
import SystemIO

/// Counts a live client's heap allocations per event.
package enum AllocationProbe {
    /// Whether this process counts its heap allocations.
    package static var isCounted: Bool { callocationcount_of_thread() >= 0 }

    /// Allocations of `body`'s own thread; nil if they are not counted.
    package static func allocations(_ body: () throws -> Void) rethrows -> Int? {
        let before = callocationcount_of_thread()
        if before < 0 { return nil }
        try body()
        return Int(callocationcount_of_thread() - before)
    }

    /// Allocations per event of a warm client, over the whole process, the client's worker included; nil if they are not
    /// counted.
    package static func perEvent(events: Int) throws -> Double? {
        guard isCounted else { return nil }
        let sink = try Sink()
        let client = try StatsClient(destination: sink.destination)
        let counter = client.counter("bench.requests", tags: ["env": "bench"])
        let spot = try ParkingSpot()
        func record(_ count: Int) {
            var left = count
            while left > 0 {
                for _ in 0..<min(2000, left) { while counter.increment() != .buffered { _ = spot.park(timeout: .microseconds(20)) } }
                left -= min(2000, left)
                _ = spot.park(timeout: .microseconds(200))
            }
        }
        record(20_000)
        try client.flushBlocking()
        let before = callocationcount_of_process()
        callocationcount_watch_process(1)
        record(events)
        callocationcount_watch_process(0)
        let after = callocationcount_of_process()
        _ = try client.shutdownBlocking()
        return Double(after - before) / Double(events)
    }
}
