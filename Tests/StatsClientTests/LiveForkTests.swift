import CAllocationCount
import CFork
import Foundation
import StatsBuffers
import StatsModel
import StatsReceiver
import Synchronization
import TestSupport
import Testing

@testable import StatsClient
@testable import StatsPipeline

/// What a child of `fork()` finds. Each runs in a process of its own: a fork copies whatever the other tests' threads hold.
@Suite(.serialized) struct LiveForkTests {
    /// The thread sanitizer ends a child that starts a thread.
    static let isWatched = callocationcount_of_thread() < 0

    @Test(
        "a child refuses as client_forked and returns at once, whatever the parent's threads do; the parent loses nothing to it",
        .disabled(if: isWatched, "a sanitizer watches the threads"))
    func children() async {
        await #expect(processExitsWith: .success) {
            try ForkTrial.warmUp()
            for preset in [ClientPreset.standard, .highThroughput] {
                var receiver = try LoopbackReceiver()
                let port = receiver.port
                let childReceiver = try LoopbackReceiver()
                let client = try StatsClient(
                    configuration: StatsClient.Configuration(preset: preset), destination: .udp(host: "127.0.0.1", port: port))
                let handles = ForkTrial.Handles(client)
                handles.counter.increment()
                let noise = ForkNoise(client)
                var answers: [Int32] = []
                for _ in 0..<25 {
                    answers.append(ForkTrial.inChild { try ForkTrial.ask(client, handles: handles, ownPort: childReceiver.port) })
                    receiver.turn(timeout: .milliseconds(1))
                }
                let recorded = noise.stop() + 1
                #expect(answers == Array(repeating: 0, count: 25), "\(preset)")
                let report = try client.shutdownBlocking(within: .seconds(10))
                #expect(report.sent + report.lost == recorded, "\(preset): \(report)")
                #expect(!report.losses.contains { $0.cause == .clientForked }, "\(report)")
                receiver.finish()
                let sessions = receiver.receiver.sessions.count
                #expect(sessions == 1, "children send nothing of the parent's")
            }
        }
    }

    @Test("a task in a child is not kept waiting either", .disabled(if: isWatched, "a sanitizer watches the threads"))
    func tasks() async {
        await #expect(processExitsWith: .success) {
            let client = try StatsClient(destination: .udp(host: "127.0.0.1", port: 9))
            let counter = client.counter("fork.task")
            counter.increment()
            let child = cfork()
            if child == 0 {
                alarm(20)
                counter.increment()
                await client.flush()
                let report = await client.shutdown()
                _exit(report.losses.contains { $0.cause == .clientForked && $0.count == 1 } ? 0 : 1)
            }
            #expect(ForkTrial.end(of: child) == 0)
            let report = await client.shutdown()
            #expect(!report.losses.contains { $0.cause == .clientForked })
        }
    }

    @Test(
        "a client that was closing, or has ended, is a forked one in the child; a client that goes there leaves the parent's alone",
        .disabled(if: isWatched, "a sanitizer watches the threads"))
    func ends() async {
        await #expect(processExitsWith: .success) {
            let ended = try StatsClient(destination: .udp(host: "127.0.0.1", port: 9))
            ended.increment("fork.ended")
            _ = try ended.shutdownBlocking()
            let receiver = try LoopbackReceiver()
            let box = Mutex<StatsClient?>(try StatsClient(destination: .udp(host: "127.0.0.1", port: receiver.port)))
            let answer = ForkTrial.inChild {
                guard ended.increment("fork.ended") == .refused(.clientForked) else { return 1 }
                _ = try ended.shutdownBlocking()
                box.withLock { $0 = nil }
                return 0
            }
            #expect(answer == 0)
            let client = try #require(box.withLock { $0.take() })
            client.increment("fork.parent")
            let report = try client.shutdownBlocking()
            #expect(report.sent == 1 && report.losses.isEmpty)
        }
    }

    @Test("a lock that another thread holds is free in the child, with what it guards whole")
    func locks() async {
        await #expect(processExitsWith: .success) {
            let pair = SharedPair()
            let threads = (0..<3).map { _ in RunningThread(0) { (_: inout Int) in pair.change(times: 20_000) } }
            var answers: [Int32] = []
            for _ in 0..<40 { answers.append(ForkTrial.inChild { pair.isWhole ? 0 : 1 }) }
            for thread in threads { thread.join() }
            #expect(answers == Array(repeating: 0, count: 40))
            #expect(pair.isWhole)
        }
    }
}

/// Two numbers that are equal whenever nobody is inside.
private final class SharedPair: Sendable {
    private let numbers = ForkSafeMutex((0, 0))

    func change(times: Int) {
        for _ in 0..<times {
            numbers.withLock { numbers in
                numbers.0 += 1
                yieldProcessor()
                numbers.1 += 1
            }
        }
    }

    var isWhole: Bool { numbers.withLock { $0.0 == $0.1 } }
}

/// Threads that keep every lock of a client busy.
final class ForkNoise: Sendable {
    private let isOver = Atomic<Bool>(false)
    private let threads = Mutex<[RunningThread<Int, UInt64>]>([])

    init(_ client: StatsClient) {
        let recorders: [@Sendable (Int) -> UInt64] = [
            { index in
                client.increment("noise.\(index % 300)", tags: [("env", "prod")])
                client.recordTiming("noise.timing", milliseconds: 3)
                return 2
            },
            { index in
                if index % 16 == 0 {
                    client.recordEvent(title: "noise")
                    return 1
                }
                _ = client.exportMetrics()
                return 0
            },
            { index in
                _ = client.health()
                client.setGauge("noise.level.\(index % 7)", to: 1)
                return 1
            },
        ]
        for recorder in recorders {
            let thread = RunningThread(0) { [self] (_: inout Int) -> UInt64 in
                var recorded: UInt64 = 0
                var index = 0
                while !isOver.load(ordering: .relaxed) {
                    recorded += recorder(index)
                    index += 1
                    yieldProcessor()
                }
                return recorded
            }
            threads.withLock { $0.append(thread) }
        }
    }

    /// Ends them; how many events they recorded.
    func stop() -> UInt64 {
        isOver.store(true, ordering: .relaxed)
        return threads.withLock { $0 }.reduce(0) { $0 + $1.join() }
    }
}
