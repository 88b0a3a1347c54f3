import StatsModel
import StatsReceiver
import StatsWire
import SystemIO
import Testing
import TestSupport

@testable import StatsClient
@testable import StatsPipeline

/// What heartbeats and closing packets say of drops is all that was dropped, wherever it was.
@Suite("totals of the live client", .serialized) struct LiveTotalsTests {
    /// By class: counters with sets, gauges, timings with histograms and distributions, critical ones.
    private static func classes(_ counts: TypeCounts) -> [UInt64] {
        [
            counts[.counter] + counts[.set], counts[.gauge], counts[.timing] + counts[.histogram] + counts[.distribution],
            counts[.event] + counts[.serviceCheck],
        ]
    }

    @Test("full rings, full texts, metrics and texts too many: the receiver's account of drops is the client's report, per class",
        arguments: LiveDeliveryTests.strategies)
    func everyPlace(strategy: DropStrategy) throws {
        let path = LiveDeliveryTests.socketPath()
        let socket = try DatagramSocket(bindingTo: .unix(path: path))
        defer { try? FileSystem.removeFile(path) }
        var receiver = LoopbackReceiver(socket)
        var configuration = StatsClient.Configuration()
        configuration.dropStrategy = strategy
        configuration.bufferCapacity = 64
        configuration.threadBufferCapacity = 256
        configuration.batchSize = 20
        configuration.textCapacity = 4096
        configuration.metricLimit = 6
        configuration.largeEventLimit = 2000
        configuration.maximumSendWait = .seconds(60)
        let client = try StatsClient(configuration: configuration, destination: .unix(path: path))
        let recorders = Recorders()
        // Nobody reads: the socket takes a few datagrams, then every place fills up.
        try recorders.start(4) { thread in
            let (counter, gauge, timing) = (client.counter("a"), client.gauge("b"), client.timing("c"))
            let (histogram, set, unknown) = (client.histogram("d"), client.memberSet("e"), client.distribution("f"))
            for round in 0..<3000 {
                counter.increment()
                gauge.adjust(by: 1)
                timing.record(milliseconds: 1)
                histogram.record(2)
                unknown.record(3)
                if round % 10 == 0 {
                    set.insert("member \(thread) \(round)")
                    client.recordEvent(title: "event \(round)", text: round % 100 == 0 ? String(repeating: "x", count: 3000) : "")
                    client.recordServiceCheck("check", status: .ok)
                    client.increment("too.many.\(thread).\(round)")
                    client.memberSet("too.many.\(thread)").insert("member")
                }
            }
        }
        let isPressed = LiveDeliveryTests.wait { recorders.count() == 4 }
        #expect(isPressed)
        let report = try receiver.shutDown(client)
        let ledger = client.ledger
        let sessions = receiver.receiver.sessions
        let session = try #require(sessions.first)
        let reported = try #require(session.report)
        #expect(session.isClosed && sessions.count == 1)
        #expect(reported.dropped == ledger.lost.counts, "\(strategy): \(report)")
        #expect(Self.classes(reported.dropped) == Self.classes(ledger.lost.counts))
        #expect(reported.dropped.total == report.lost && reported.sent == client.sent && ledger[.sendFailed] == Tally())
        for type in [MetricType.counter, .gauge, .timing, .histogram, .set, .event, .serviceCheck] {
            #expect(reported.dropped[type] > 0, "\(type) of \(strategy)")
        }
        #expect(ledger[.metricLimit].counts.total > 0 && ledger[.textPoolFull].counts.total > 0)
    }

    @Test("what a handle or a name without room refuses is reported by heartbeats, too, while the client is open")
    func heartbeats() throws {
        var receiver = try LoopbackReceiver()
        let port = receiver.port
        var configuration = StatsClient.Configuration()
        configuration.metricLimit = 1
        configuration.heartbeatInterval = .milliseconds(1)
        let client = try StatsClient(configuration: configuration, destination: .udp(host: "127.0.0.1", port: port))
        let counter = client.counter("a")
        let other = client.gauge("b")
        for _ in 0..<7 { other.set(1) }
        var rounds = 0
        var report: TotalsReport?
        while report?.dropped[.gauge] != 7, rounds < 5000 {
            counter.increment()
            receiver.turn(timeout: .milliseconds(2))
            report = receiver.receiver.sessions.first?.report
            rounds += 1
        }
        #expect(report?.dropped[.gauge] == 7 && report?.dropped.total == 7)
        _ = try client.shutdownBlocking()
    }

    @Test(
        "packets that the system did not take are sent in the totals, since they have numbers: the receiver misses their records",
        arguments: Loopback.hosts)
    func sendFailed(host: String) throws {
        let port = try Loopback.freePort(of: host)
        var configuration = StatsClient.Configuration()
        configuration.reliability = nil
        let client = try StatsClient(configuration: configuration, destination: .udp(host: host, port: port))
        let counter = client.counter("a")
        for _ in 0..<10 {
            counter.increment()
            try client.flushBlocking()
        }
        let socket = try DatagramSocket(bindingTo: .udp(host: host, port: port))
        var receiver = LoopbackReceiver(socket)
        counter.increment()
        let report = try client.shutdownBlocking()
        receiver.finish()
        let sessions = receiver.receiver.sessions
        let reported = try #require(sessions.first?.report)
        #expect(report.lost == 10 && report.sent == 1)
        #expect(reported.sent[.counter] == 11 && reported.dropped.total == 0 && reported.packets == 11)
    }
}
