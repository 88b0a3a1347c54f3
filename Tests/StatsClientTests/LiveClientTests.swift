import StatsBuffers
import StatsClient
import StatsModel
import StatsPipeline
import StatsReceiver
import StatsWire
import Synchronization
import SystemIO
import Testing
import TestSupport

/// Threads that record, and how many have ended.
final class Recorders: Sendable {
    let finished = Atomic<Int>(0)

    func start(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) throws {
        for number in 0..<count {
            try WorkerThread.start(name: "recorder") {
                body(number)
                self.finished.add(1, ordering: .sequentiallyConsistent)
            }
        }
    }

    func count() -> Int { finished.load(ordering: .sequentiallyConsistent) }
}

/// What a client takes was received or is named in its ledger: over real sockets.
@Suite(.serialized) struct LiveClientTests {
    static func conserve(
        _ receiver: inout LoopbackReceiver, to destination: Destination, producers: Int, events: Int,
        _ change: (inout StatsClient.Configuration) -> Void = { _ in }
    ) throws {
        var configuration = StatsClient.Configuration()
        change(&configuration)
        let client = try StatsClient(configuration: configuration, destination: destination)
        let counter = client.counter("live.count", tags: ["kind": "test"])
        let gauge = client.gauge("live.level")
        let sampled = client.timing("live.timing", sampleRate: 0.25)
        let members = client.memberSet("live.members")
        let recorders = Recorders()
        try recorders.start(producers) { _ in
            for index in 0..<events {
                counter.increment(by: Double(index))
                if index % 5 == 0 { gauge.adjust(by: -1) }
                if index % 7 == 0 { sampled.record(milliseconds: 1.5) }
                if index % 1000 == 0 {
                    members.insert("member \(index)")
                    client.recordEvent(title: "Step \(index)", text: "of a test")
                }
            }
        }
        while recorders.count() < producers { receiver.turn(timeout: .milliseconds(1)) }
        let report = try receiver.shutDown(client)
        let ledger = client.ledger
        #expect(report.sent == client.sent.total)
        #expect(report.lost == ledger.lost.counts.total)
        let tally = receiver.totals.tally
        let metrics = client.exportMetrics()
        let whole = UInt64(producers * events)
        #expect(tally.counts[.counter] + ledger.lost.counts[.counter] == whole)
        #expect(tally.counts[.gauge] + ledger.lost.counts[.gauge] == UInt64(producers * ((events + 4) / 5)))
        #expect(tally.counts[.set] + ledger.lost.counts[.set] == UInt64(producers * ((events + 999) / 1000)))
        #expect(tally.counts[.event] + ledger.lost.counts[.event] == UInt64(producers * ((events + 999) / 1000)))
        let timings = tally.counts[.timing] + ledger.lost.counts[.timing] + metrics.eventsSampledOut
        #expect(timings == UInt64(producers * ((events + 6) / 7)))
        #expect(tally.counts == client.sent, "the kernel lost nothing it took")
        #expect(tally.counts[.counter] > 0)
        let sessions = receiver.receiver.sessions
        #expect(sessions.allSatisfy { $0.session == client.session })
    }

    final class Shared: Sendable {
        let outcome: Mutex<StatsClient.DeliveryReport?>
        init(outcome: StatsClient.DeliveryReport?) { self.outcome = Mutex(outcome) }
        func set(_ report: StatsClient.DeliveryReport?) { outcome.withLock { $0 = report } }
        func get() -> StatsClient.DeliveryReport? { outcome.withLock { $0 } }
    }

    @Test("everything recorded was received or is named, over IPv4", arguments: [1, 4])
    func internet(producers: Int) throws {
        var receiver = try LoopbackReceiver()
        let port = receiver.port
        try Self.conserve(
            &receiver, to: .udp(host: "127.0.0.1", port: port), producers: producers, events: 20_000)
    }

    @Test("threads beyond the limit share a ring and lose nothing unnamed")
    func countdown() throws {
        var receiver = try LoopbackReceiver()
        let port = receiver.port
        try Self.conserve(&receiver, to: .udp(host: "127.0.0.1", port: port), producers: 4, events: 5_000) {
            $0.threadLimit = 1
            $0.threadBufferCapacity = 64
        }
    }

    @Test("over IPv6 as well")
    func internet6() throws {
        let socket = try DatagramSocket(bindingAnyPortOf: "::1")
        let bound = socket.localPort
        let port = try #require(bound)
        var receiver = LoopbackReceiver(socket)
        try Self.conserve(&receiver, to: .udp(host: "::1", port: port), producers: 2, events: 5_000)
    }

    @Test("over a Unix datagram socket as well")
    func unix() throws {
        let path = "/tmp/statsclient-\(UInt64.random(in: 0 ... .max)).sock"
        let socket = try DatagramSocket(bindingTo: .unix(path: path))
        defer { try? FileSystem.removeFile(path) }
        var receiver = LoopbackReceiver(socket)
        try Self.conserve(&receiver, to: .unix(path: path), producers: 2, events: 5_000)
    }

    @Test("where nobody listens, what came back is named, and the rest is what the system took", arguments: Loopback.hosts)
    func refused(host: String) throws {
        let client = try StatsClient(destination: .udp(host: host, port: try Loopback.freePort(of: host)))
        let counter = client.counter("nobody.listens")
        for _ in 0..<50 {
            counter.increment()
            try client.flushBlocking()
        }
        let report = try client.shutdownBlocking()
        #expect(report.sent + report.lost == 50)
        #expect(client.ledger[.sendFailed].counts[.counter] > 0)
        #expect(client.exportMetrics().sendErrorsByName[.refused] ?? 0 > 0)
        #expect(!client.health().isHealthy)
    }

    @Test("a Unix socket that is not there costs every event, by name")
    func missing() throws {
        let client = try StatsClient(destination: .unix(path: "/tmp/statsclient-nobody-\(UInt64.random(in: 0 ... .max))"))
        let counter = client.counter("nobody.listens")
        for _ in 0..<1000 { counter.increment() }
        let report = try client.shutdownBlocking()
        #expect(report.sent == 0)
        #expect(report.losses == [.init(counter: 1000)])
    }

    @Test("what a flush was waited for has arrived")
    func flush() async throws {
        var receiver = try LoopbackReceiver()
        let port = receiver.port
        let client = try StatsClient(destination: .udp(host: "127.0.0.1", port: port))
        for round in 1...20 as ClosedRange<UInt64> {
            client.increment("by.name", tags: ["b": "2", "a": "1"])
            if round % 2 == 0 { await client.flush() } else { try client.flushBlocking() }
            receiver.turn(timeout: .milliseconds(0))
            let total = receiver.totals.tally.counts.total
            #expect(total == round)
        }
        let labels = receiver.totals.metrics.map(\.label)
        #expect(labels == ["by.name{a:1,b:2}"])
        let report = await client.shutdown()
        #expect(report.sent == 20 && report.losses.isEmpty)
        #expect("\(report)".hasPrefix("20 sent, nothing lost"))
        let late = client.increment("by.name")
        #expect(late == .refused(.clientClosed))
        #expect(client.ledger[.clientClosed].counts[.counter] == 1)
        let again = await client.shutdown()
        #expect("\(again)".hasPrefix("20 sent, 1 lost: 1 counter to client_closed"))
    }

    @Test("fault 17: a client without traffic is healthy, and every ratio is defined")
    func idle() async throws {
        let client = try StatsClient(destination: .udp(host: "127.0.0.1", port: 9))
        let health = client.health()
        #expect(health.isHealthy && health.advice.isEmpty)
        #expect(health.dropRate == 0 && health.bufferUtilization == 0 && health.sendErrorRate == 0)
        let report = await client.shutdown()
        #expect(report.sent == 0 && report.losses.isEmpty)
    }

    @Test("the thresholds of the guide become advice")
    func advice() {
        var metrics = StatsClient.Metrics.none
        metrics.eventsReceived = 1000
        metrics.eventsDropped = 21
        metrics.droppedByCause = [.bufferFull: 21]
        #expect(StatsClient.Health(metrics).advice == ["drop rate 2.1 % by buffer_full: increase the buffer or sample"])
        metrics.eventsDropped = 10
        #expect(StatsClient.Health(metrics).isHealthy)
    }
}

extension StatsClient.DeliveryReport.Loss {
    init(counter count: UInt64) { self.init(cause: .sendFailed, type: .counter, count: count) }
}

extension StatsClient.Metrics {
    static var none: Self { Self(bufferCapacity: 4096) }
}
