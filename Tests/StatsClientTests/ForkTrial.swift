import CFork
import Foundation
import StatsBuffers
import StatsClient
import StatsModel

/// A child of `fork()`, which ends without returning to the test: by its own code, or by an alarm where it hangs.
enum ForkTrial {
    static let hangs: Int32 = 128 + SIGALRM

    /// What `body` answers in a child; 99 where it throws, 128 and a signal's number where that ended it.
    static func inChild(_ body: () throws -> Int32) -> Int32 {
        let child = cfork()
        if child == 0 {
            alarm(20)
            _exit((try? body()) ?? 99)
        }
        return end(of: child)
    }

    /// Waits for a child.
    static func end(of child: Int32) -> Int32 {
        guard child > 0 else { return -1 }
        var status: Int32 = 0
        // Writes the one number that is ours.
        while unsafe waitpid(child, &status, 0) < 0, errno == EINTR {}
        return status & 0x7F != 0 ? 128 + status & 0x7F : status >> 8 & 0xFF
    }

    /// One record of every kind; false where one was taken, or refused for another reason.
    static func isRefused(_ client: StatsClient, handles: Handles, _ index: Int) -> Bool {
        let answers = [
            handles.counter.increment(), handles.counter.increment(by: 0.5), handles.gauge.set(3), handles.gauge.adjust(by: 1),
            handles.timing.record(milliseconds: 2), client.increment("forked.name", tags: [("env", "prod")]),
            client.setGauge("forked.level.\(index % 10)", to: 1), handles.members.insert("a"),
            client.recordEvent(title: "forked"), client.recordServiceCheck("forked", status: .ok),
        ]
        return answers.allSatisfy { $0 == .refused(.clientForked) }
    }
    static let kinds: UInt64 = 10

    struct Handles {
        let counter: StatsClient.Counter
        let gauge: StatsClient.Gauge
        let timing: StatsClient.Timing
        let members: StatsClient.MemberSet

        init(_ client: StatsClient) {
            counter = client.counter("fork.count")
            gauge = client.gauge("fork.level")
            timing = client.timing("fork.timing")
            members = client.memberSet("fork.set")
        }
    }

    /// Does once in the parent what children will do, on a client of its own that ends: no child then waits for a lock of the
    /// Swift runtime that another thread of the parent held at the fork.
    static func warmUp() throws {
        let client = try StatsClient(destination: .udp(host: "127.0.0.1", port: 9))
        let handles = Handles(client)
        for index in 0..<200 { _ = isRefused(client, handles: handles, index) }
        _ = (client.exportMetrics().droppedByCause[.clientForked], client.health().advice.contains { $0.hasPrefix("forked") })
        try client.flushBlocking()
        let report = try client.shutdownBlocking()
        _ = report.losses.filter { $0.cause == .clientForked }.reduce(0) { $0 + $1.count }
        _ = client.ledger[.clientForked].counts.total
    }

    /// All that a child may ask of its parent's client, and of one of its own; 0, or the number of what was wrong.
    static func ask(_ client: StatsClient, handles: Handles, ownPort: UInt16) throws -> Int32 {
        let known = client.exportMetrics()
        var recorded: UInt64 = 0
        // More than the 128 events after which a thread looks at the clock itself.
        for index in 0..<200 {
            guard isRefused(client, handles: handles, index) else { return 1 }
            recorded += kinds
        }
        try client.flushBlocking()
        let report = try client.shutdownBlocking()
        let forked = report.losses.filter { $0.cause == .clientForked }.reduce(0) { $0 + $1.count }
        guard forked == recorded, report.sent == known.eventsSent else { return 2 }
        guard client.ledger[.clientForked].counts.total == recorded else { return 3 }
        let metrics = client.exportMetrics()
        guard metrics.droppedByCause[.clientForked] == recorded else { return 4 }
        guard metrics.eventsReceived == known.eventsReceived + recorded else { return 5 }
        guard metrics.eventsReceived == metrics.eventsBuffered + metrics.eventsSent + metrics.eventsDropped else { return 6 }
        let health = client.health()
        guard health.dropRate <= 1, health.advice.contains(where: { $0.hasPrefix("forked") }) else { return 7 }
        let own = try StatsClient(destination: .udp(host: "127.0.0.1", port: ownPort))
        guard own.session != client.session else { return 8 }
        let counter = own.counter("own.count")
        for _ in 0..<7 { counter.increment() }
        try own.flushBlocking()
        let end = try own.shutdownBlocking()
        return end.sent == 7 && end.losses.isEmpty ? 0 : 9
    }
}
