import CAllocationCount
import CFork
import Foundation
import Metrics
import StatsClient
import StatsModel
import Testing

@testable import StatsMetrics

/// Objects of swift-metrics in a child of `fork()`, in a process of its own.
@Suite struct ForkTests {
    @Test(
        "in a child every object of swift-metrics refuses as client_forked, and new ones are made, while the parent's threads make theirs",
        .disabled(if: !RecordingTests.countsAllocations, "a sanitizer watches the threads"))
    func child() async {
        await #expect(processExitsWith: .success) {
            let wire = try TestWire { $0.threadBufferCapacity = 1 << 14 }
            let factory = StatsMetricsFactory(client: wire.client)
            let counter = Counter(label: "parent", factory: factory)
            counter.increment()
            // What a child does was done once before, so that no child waits for the runtime's own locks.
            Self.recordAll(factory)
            _ = factory.client.ledger[.clientForked].counts.total
            let answers = ForkAnswers()
            // Threads that make and destroy objects hold the tables' locks again and again; one of the five forks.
            RecordingTests.countdown(5) { number in
                if number == 0 {
                    for _ in 0..<20 { answers.add(Self.child(factory, counter)) }
                } else {
                    for index in 0..<400 {
                        let timer = Timer(label: "timer.\(number).\(index % 50)", factory: factory)
                        timer.recordMilliseconds(index)
                        timer.destroy()
                    }
                }
            }
            #expect(answers.all == Array(repeating: 0, count: 20))
            let report = try wire.client.shutdownBlocking(within: .seconds(10))
            #expect(report.sent + report.lost == 1606)
            #expect(!report.losses.contains { $0.cause == .clientForked })
        }
    }

    /// Five records, each on an object of another kind that is made for it.
    private static func recordAll(_ factory: StatsMetricsFactory) {
        Timer(label: "child", factory: factory).recordMilliseconds(3)
        Meter(label: "child.level", factory: factory).set(2)
        Recorder(label: "child.values", factory: factory).record(1)
        Gauge(label: "child.gauge", factory: factory).record(1)
        FloatingPointCounter(label: "child.float", factory: factory).increment(by: 2)
    }

    /// What was wrong in a child; 0 where nothing was, 128 and a signal's number where it hung.
    private static func child(_ factory: StatsMetricsFactory, _ counter: Counter) -> Int32 {
        let child = cfork()
        if child == 0 {
            alarm(20)
            let before = factory.client.ledger[.clientForked].counts.total
            counter.increment()
            recordAll(factory)
            let end = try? factory.client.shutdownBlocking()
            let refused = factory.client.ledger[.clientForked].counts.total - before
            _exit(end == nil ? 2 : refused == 6 ? 0 : 1)
        }
        guard child > 0 else { return -1 }
        var status: Int32 = 0
        // Writes the one number that is ours.
        while unsafe waitpid(child, &status, 0) < 0, errno == EINTR {}
        return status & 0x7F != 0 ? 128 + status & 0x7F : status >> 8 & 0xFF
    }
}

/// What children answered, in order.
private final class ForkAnswers: Sendable {
    private let answers = ForkSafeMutex<[Int32]>([])
    func add(_ answer: Int32) { answers.withLock { $0.append(answer) } }
    var all: [Int32] { answers.withLock { $0 } }
}
