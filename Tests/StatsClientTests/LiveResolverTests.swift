import StatsBuffers
import StatsModel
import StatsReceiver
import Synchronization
import SystemIO
import TestSupport
import Testing

@testable import StatsClient

/// What the live client makes of names that take long to resolve, never do, or change their address.
@Suite(.serialized) struct LiveResolverTests {
    /// Lets `body` decide how a socket is made, on a thread of its own.
    static func connector(
        _ open: @escaping @Sendable (Destination) throws(SystemError) -> DatagramSocket
    ) -> LiveConnector { LiveConnector(mayBlock: { _ in true }, open: open) }

    @Test("while a name is resolved nobody waits and nothing is lost")
    func slowName() throws {
        var receiver = try LoopbackReceiver()
        let port = receiver.port
        let gate = Gate()
        let connector = Self.connector { _ throws(SystemError) in
            gate.wait()
            return try DatagramSocket(connectingTo: .udp(host: "127.0.0.1", port: port))
        }
        let client = try StatsClient(
            configuration: StatsClient.Configuration(), destination: .udp(host: "stats.example", port: 1),
            connector: connector)
        let counter = client.counter("slow.name")
        for _ in 0..<3000 { #expect(counter.increment() == .buffered) }
        // The worker lives on: it takes the events over although no packet can go.
        #expect(LiveDeliveryTests.wait { client.exportMetrics().sendStalls > 0 })
        // What is on its way from a ring into the pipeline is in neither for that moment.
        #expect(LiveDeliveryTests.wait { client.exportMetrics().eventsBuffered == 3000 })
        let held = client.exportMetrics()
        #expect(held.eventsSent == 0 && held.eventsDropped == 0)
        gate.open()
        try client.flushBlocking()
        #expect(client.sent.total == 3000)
        let report = try client.shutdownBlocking()
        receiver.finish()
        #expect(report.losses.isEmpty)
        let received = receiver.totals.tally.counts.total
        #expect(received == 3000)
    }

    @Test("a shutdown does not wait for a resolver that does not answer")
    func deafResolver() throws {
        let gate = Gate()
        let connector = Self.connector { _ throws(SystemError) in
            gate.wait()
            throw SystemError(action: "resolve", subject: "stats.example", number: 2)
        }
        let client = try StatsClient(
            configuration: StatsClient.Configuration(), destination: .udp(host: "stats.example", port: 1),
            connector: connector)
        let counter = client.counter("deaf.resolver")
        for _ in 0..<100 { counter.increment() }
        let report = try client.shutdownBlocking(within: .milliseconds(100))
        gate.open()
        #expect(report.sent == 0)
        #expect(report.losses == [.init(cause: .sendFailed, type: .counter, count: 100)])
    }

    @Test("after failures the name is resolved once more, and its new address is used")
    func resolvedAgain() throws {
        let dead = try Loopback.freePort()
        var receiver = try LoopbackReceiver()
        let port = receiver.port
        let resolved = Resolver(ports: [dead, port])
        let client = try StatsClient(
            configuration: StatsClient.Configuration(), destination: .udp(host: "stats.example", port: 1),
            connector: Self.connector { _ throws(SystemError) in try resolved.connect() })
        let counter = client.counter("moved.count")
        var recorded: UInt64 = 0
        let arrives = LiveDeliveryTests.wait {
            counter.increment()
            recorded += 1
            try? client.flushBlocking()
            receiver.turn(timeout: .zero)
            return receiver.totals.tally.counts.total > 0
        }
        #expect(arrives)
        let report = try client.shutdownBlocking()
        receiver.finish()
        #expect(report.sent + report.lost == recorded && report.lost > 0)
        let received = receiver.totals.tally.counts.total
        #expect(received == report.sent)
        #expect(client.exportMetrics().connects == 2)
    }
}


/// Holds a thread back until it is opened.
final class Gate: Sendable {
    private let isOpen = Mutex(false)
    func open() { isOpen.withLock { $0 = true } }
    func wait() { while !isOpen.withLock({ $0 }) { yieldProcessor() } }
}

/// A resolver that gives one port after the other, and stays with the last.
final class Resolver: Sendable {
    private let ports: [UInt16]
    private let asked = Mutex(0)

    init(ports: [UInt16]) { self.ports = ports }

    func connect() throws(SystemError) -> DatagramSocket {
        let number = asked.withLock { asked in
            defer { asked += 1 }
            return min(asked, ports.count - 1)
        }
        return try DatagramSocket(connectingTo: .udp(host: "127.0.0.1", port: ports[number]))
    }
}
