import CAllocationCount
import StatsBuffers
import StatsModel
import Synchronization
import TestSupport
import Testing

@testable import StatsClient
@testable import StatsPipeline

/// What a recording call takes from the heap while others are in its way: nothing.
@Suite struct LiveContentionTests {
    static let isCounted = callocationcount_of_thread() >= 0

    /// How often the calling thread asks the heap for memory while `body` runs; who asks is written to standard error.
    static func allocations(_ body: () -> Void) -> Int64 {
        let before = callocationcount_of_thread()
        callocationcount_trace_thread(1)
        body()
        callocationcount_trace_thread(0)
        return callocationcount_of_thread() - before
    }

    /// One whose flushes a test does by hand.
    static func client(_ change: (inout StatsClient.Configuration) -> Void = { _ in }) throws -> StatsClient {
        var configuration = StatsClient.Configuration(preset: .highThroughput)
        configuration.aggregation?.interval = .seconds(3600)
        configuration.aggregation?.timings = .summarise
        change(&configuration)
        return try StatsClient(configuration: configuration, destination: .udp(host: "127.0.0.1", port: 9))
    }

    /// Runs `body` while a summary's cells are taken in every stripe, as a flush takes one after the other.
    static func withCells(of timing: StatsClient.Timing, _ body: () -> Void) {
        let cells = (0...timing.core.stripeMask).map { timing.handle.cell + $0 * timing.core.stripeStride }
        for cell in cells { while !AggregatedSummary.enter(cell) { yieldProcessor() } }
        body()
        for cell in cells { AggregatedSummary.leave(cell) }
    }

    @Test(
        "a value that finds a flush in its cell is sent by itself and asks for no memory",
        .enabled(if: isCounted, "another heap stands in front of ours"), arguments: [false, true])
    func flushInTheWay(isLimited: Bool) throws {
        // With a limit that leaves no thread a ring of its own, they share one.
        let client = try Self.client {
            if isLimited { $0.memoryLimit = $0.fixedMemory + $0.threadMemory + 4096 }
        }
        let timing = client.timing("busy.timing")
        // Walks the path once, on a ring of another client: a debug build makes the runtime's descriptions of types there.
        let other = try Self.client()
        let otherTiming = other.timing("busy.timing")
        Self.withCells(of: otherTiming) { for _ in 0..<300 { otherTiming.record(milliseconds: 2) } }
        timing.record(milliseconds: 1)
        let sent = client.core.counts().offered
        var refused = 0
        var count: Int64 = -1
        Self.withCells(of: timing) {
            count = Self.allocations { for _ in 0..<200 where timing.record(milliseconds: 2) != .buffered { refused += 1 } }
        }
        #expect(count == 0 && refused == 0)
        #expect(client.core.counts().offered == sent + 200, "each went through a ring")
        let reports = try [client.shutdownBlocking(), other.shutdownBlocking()]
        #expect(reports[0].sent + reports[0].lost == 201)
    }

    @Test(
        "a gauge that another thread changes passes its values on and asks for no memory",
        .enabled(if: isCounted, "another heap stands in front of ours"))
    func changedGauge() throws {
        let other = try Self.client()
        let changed = other.gauge("other.level")
        changed.adjust(by: 1)
        for _ in 0..<300 { changed.set(2) }
        let client = try Self.client()
        let gauge = client.gauge("changed.level")
        gauge.set(1)
        RunningThread(0) { (_: inout Int) in _ = gauge.adjust(by: 3) }.join()
        let count = Self.allocations { for index in 0..<200 { gauge.set(Double(index)) } }
        #expect(count == 0)
        _ = try other.shutdownBlocking()
        let report = try client.shutdownBlocking()
        #expect(report.sent + report.lost == 202)
    }

    @Test(
        "a refused event asks for no memory while another thread reads the ledger",
        .enabled(if: isCounted, "another heap stands in front of ours"))
    func readLedger() throws {
        let client = try Self.client {
            $0.aggregation = nil
            $0.metricLimit = 1
        }
        client.counter("known.count").increment()
        let refused = client.counter("refused.count")
        for _ in 0..<300 { refused.increment() }
        let reader = LedgerReader(client)
        let count = Self.allocations {
            for _ in 0..<20 {
                for _ in 0..<1000 { refused.increment() }
                yieldProcessor()
            }
        }
        reader.stop()
        #expect(count == 0)
        #expect(client.ledger[.metricLimit].counts[.counter] == 20_300)
        _ = try client.shutdownBlocking()
    }
}

/// A thread that does nothing but read a client's ledger.
private final class LedgerReader: Sendable {
    private let isOver = Atomic<Bool>(false)
    private let thread = Mutex<RunningThread<Int, Int>?>(nil)

    init(_ client: StatsClient) {
        let reader = RunningThread(0) { [self] (_: inout Int) -> Int in
            var readings = 0
            while !isOver.load(ordering: .relaxed) { readings += client.ledger[.metricLimit].counts.total > 0 ? 1 : 0 }
            return readings
        }
        thread.withLock { $0 = reader }
    }

    func stop() {
        isOver.store(true, ordering: .relaxed)
        _ = thread.withLock { $0 }?.join()
    }
}
