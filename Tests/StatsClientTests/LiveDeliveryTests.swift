import StatsBuffers
import StatsModel
import StatsReceiver
import StatsWire
import Synchronization
import SystemIO
import TestSupport
import Testing

@testable import StatsClient
@testable import StatsPipeline

/// What the live client makes of sockets that do not take, and hosts that answer "refused".
@Suite(.serialized) struct LiveDeliveryTests {
    static func socketPath() -> String { "/tmp/statsclient-\(UInt64.random(in: 0 ... .max)).sock" }

    /// Waits for a condition that another thread brings about, 20 seconds at most.
    static func wait(_ condition: () -> Bool) -> Bool {
        let countdown = ThreadCountdown(threads: 1)
        while !condition() {
            if countdown.isOverdue { return false }
            yieldProcessor()
        }
        return true
    }

    static let strategies: [DropStrategy] = [.newest, .oldest, .mixedWorkload, .highCardinality]

    @Test(
        "four producers, a socket that stalls and each strategy: everything is received or named",
        arguments: strategies)
    func stall(strategy: DropStrategy) throws {
        let path = Self.socketPath()
        let socket = try DatagramSocket(bindingTo: .unix(path: path))
        defer { try? FileSystem.removeFile(path) }
        var receiver = LoopbackReceiver(socket)
        var configuration = StatsClient.Configuration()
        configuration.dropStrategy = strategy
        configuration.bufferCapacity = 256
        configuration.threadBufferCapacity = 1 << 15
        configuration.batchSize = 20
        configuration.maximumSendWait = .seconds(60)
        configuration.priorities = PriorityRules(high: ["stall.high"], low: ["stall.low"])
        let client = try StatsClient(configuration: configuration, destination: .unix(path: path))
        let handles = ["stall.low", "stall.normal", "stall.high"].map { client.counter($0) }
        let recorders = Recorders()
        let whole: UInt64 = 4 * 20_000
        try recorders.start(4) { number in
            for index in 0..<20_000 {
                handles[(index + number) % 3].increment()
                if index % 4000 == 0 { client.recordEvent(title: "event \(index)") }
            }
        }
        // Nobody reads: the socket takes a few datagrams, then the buffer fills and the strategy decides.
        let isPressed = Self.wait {
            recorders.count() == 4 && client.exportMetrics().sendStalls > 0
                && (strategy == .newest || client.exportMetrics().eventsDropped > 0)
        }
        #expect(isPressed, "the socket stalls")
        // While it stalls nothing moves any more, and nothing is forgotten.
        let isBalanced = Self.wait {
            let held = client.exportMetrics()
            return held.eventsReceived == whole + 20
                && held.eventsReceived == held.eventsBuffered + held.eventsSent + held.eventsDropped
        }
        #expect(isBalanced)
        let report = try receiver.shutDown(client)
        let counts = receiver.totals.tally.counts
        let ledger = client.ledger
        #expect(counts == client.sent, "what the system took was received")
        #expect(counts[.counter] + ledger.lost.counts[.counter] == whole)
        #expect(counts[.event] + ledger.lost.counts[.event] == 20)
        #expect(report.sent + report.lost == whole + 20)
        let end = client.exportMetrics()
        #expect(end.eventsReceived == end.eventsSent + end.eventsDropped && end.eventsBuffered == 0)
        #expect(ledger[.sendFailed].counts.total == 0)
        switch strategy {
        case .newest: break
        case .oldest: #expect(ledger[.evictedOldest].counts.total > 0)
        case .byPriority:
            #expect(ledger[.lowPriority].counts.total > 0)
            #expect(counts[.event] == 20, "critical events survive")
        case .sampled: #expect(ledger[.sampledOut].counts.total > 0)
        }
    }

    @Test("what a stalled socket did not take by the deadline is named, and the shutdown is in time")
    func deadline() throws {
        let path = Self.socketPath()
        let socket = try DatagramSocket(bindingTo: .unix(path: path))
        defer { try? FileSystem.removeFile(path) }
        var configuration = StatsClient.Configuration()
        configuration.maximumSendWait = .seconds(60)
        configuration.batchSize = 1
        configuration.threadBufferCapacity = 1 << 14
        let client = try StatsClient(configuration: configuration, destination: .unix(path: path))
        let counter = client.counter("deadline.count")
        for _ in 0..<5000 { counter.increment() }
        let clock = SystemClock()
        let report = try client.shutdownBlocking(within: .milliseconds(200))
        #expect(clock.now < Instant.start + .seconds(10))
        #expect(report.sent > 0 && report.sent < 5000)
        #expect(report.sent + report.lost == 5000)
        #expect(report.losses.map(\.cause) == [.sendFailed])
        var receiver = LoopbackReceiver(socket)
        receiver.turn(timeout: .milliseconds(100))
        let received = receiver.totals.tally.counts
        #expect(received == client.sent, "of what is reported as sent nothing is missing")
    }

    @Test("a refused datagram is counted for the events it held, and not for those behind it", arguments: Loopback.hosts, [1, 7])
    func refused(host: String, eventsEach: Int) throws {
        let port = try Loopback.freePort(of: host)
        let client = try StatsClient(destination: .udp(host: host, port: port))
        let counter = client.counter("refused.count")
        for _ in 0..<20 {
            for _ in 0..<eventsEach { counter.increment() }
            try client.flushBlocking()
        }
        // From here on somebody listens.
        let socket = try DatagramSocket(bindingTo: .udp(host: host, port: port))
        var receiver = LoopbackReceiver(socket)
        for _ in 0..<20 {
            for _ in 0..<eventsEach { counter.increment() }
            try client.flushBlocking()
        }
        let report = try client.shutdownBlocking()
        receiver.finish()
        let received = receiver.totals.tally
        #expect(report.sent == UInt64(20 * eventsEach))
        #expect(received.counts == client.sent, "sent is what arrived")
        #expect(client.ledger[.sendFailed].counts[.counter] == UInt64(20 * eventsEach))
        #expect(client.exportMetrics().sendErrorsByName[.refused] == 20)
    }

    @Test("a packet goes to both destinations, and the receiver counts it once")
    func twoDestinations() throws {
        var pair = try TwoDestinations()
        let client = pair.client
        let counter = client.counter("twice.count")
        for _ in 0..<1000 { counter.increment() }
        let report = try client.shutdownBlocking()
        pair.finish()
        #expect(report.sent == 1000 && report.losses.isEmpty)
        let received = (pair.receiver.totals.tally, pair.other.totals.tally)
        #expect(received.0 == received.1 && received.0.counts[.counter] == 1000)
        // Copies are packets of their own in the counts of what the system took.
        let metrics = client.exportMetrics()
        #expect(metrics.copiesSent == metrics.batchesSent - metrics.copiesSent && metrics.copiesSkipped == 0)
    }

    @Test("copies to one destination are received once, and a dead second destination costs nothing", arguments: Loopback.hosts)
    func copies(deadHost: String) throws {
        var receiver = try LoopbackReceiver()
        let port = receiver.port
        var configuration = StatsClient.Configuration()
        configuration.redundancy = .all
        configuration.batchSize = 10
        let client = try StatsClient(
            configuration: configuration, destination: .udp(host: "127.0.0.1", port: port))
        let lame = try StatsClient(
            configuration: configuration, destination: .udp(host: "127.0.0.1", port: port),
            secondDestination: .udp(host: deadHost, port: try Loopback.freePort(of: deadHost)))
        for sender in [client, lame] {
            let counter = sender.counter("copied.count")
            for _ in 0..<300 { counter.increment() }
            let report = try sender.shutdownBlocking()
            #expect(report.sent == 300 && report.losses.isEmpty)
        }
        receiver.finish()
        receiver.turn(timeout: .milliseconds(10))
        let received = receiver.totals.tally.counts.total
        #expect(received == 600)
        let sessions = receiver.receiver.sessions
        #expect(sessions.map(\.duplicate) == [30, 0])
        #expect(lame.exportMetrics().sendErrors > 0)
    }

    @Test("the breaker opens where nobody listens, and closes when a server appears", arguments: Loopback.hosts)
    func breaker(host: String) throws {
        let port = try Loopback.freePort(of: host)
        var configuration = StatsClient.Configuration()
        var breaker = BreakerConfiguration()
        breaker.failureThreshold = 3
        breaker.openFor = .milliseconds(20)
        breaker.maximumOpenFor = .milliseconds(40)
        configuration.breaker = breaker
        configuration.dropStrategy = .oldest
        configuration.maximumBatchAge = .milliseconds(1)
        let client = try StatsClient(configuration: configuration, destination: .udp(host: host, port: port))
        let counter = client.counter("broken.count")
        var recorded: UInt64 = 0
        let opens = Self.wait {
            counter.increment()
            recorded += 1
            try? client.flushBlocking()
            return client.exportMetrics().circuitBreakerOpenings > 0
        }
        #expect(opens && !client.health().isHealthy)
        let socket = try DatagramSocket(bindingTo: .udp(host: host, port: port))
        var receiver = LoopbackReceiver(socket)
        let closes = Self.wait {
            counter.increment()
            recorded += 1
            receiver.turn(timeout: .milliseconds(1))
            return client.exportMetrics().circuitBreaker == .closed
        }
        #expect(closes)
        let report = try client.shutdownBlocking()
        receiver.finish()
        let received = receiver.totals.tally.counts
        #expect(report.sent + report.lost == recorded)
        #expect(received == client.sent && received.total > 0)
    }

    @Test("a shutdown behind an open breaker names what waited", arguments: Loopback.hosts)
    func closedBehindBreaker(host: String) throws {
        var configuration = StatsClient.Configuration()
        var breaker = BreakerConfiguration()
        breaker.failureThreshold = 1
        breaker.openFor = .seconds(60)
        breaker.maximumOpenFor = .seconds(60)
        configuration.breaker = breaker
        configuration.bufferCapacity = 64
        let client = try StatsClient(
            configuration: configuration, destination: .udp(host: host, port: try Loopback.freePort(of: host)))
        let counter = client.counter("cut.count")
        counter.increment()
        try client.flushBlocking()
        #expect(Self.wait { client.exportMetrics().circuitBreaker == .open })
        for _ in 0..<500 { counter.increment() }
        let report = try client.shutdownBlocking(within: .milliseconds(100))
        #expect(report.sent + report.lost == 501)
        #expect(report.losses.contains { $0.cause == .circuitOpen && $0.count >= 64 })
    }

    @Test("with a memory limit, metrics and threads beyond it are refused by name or share")
    func memoryLimit() throws {
        var configuration = StatsClient.Configuration(preset: .lowMemory)
        configuration.memoryLimit = configuration.fixedMemory + configuration.threadMemory + 20_000
        let client = try StatsClient(configuration: configuration, destination: .udp(host: "127.0.0.1", port: 9))
        for number in 0..<200 { client.increment("metric.number.\(number)", tags: [("tag", "value")]) }
        let metrics = client.exportMetrics()
        let refused = metrics.droppedByCause[.memoryLimit] ?? 0
        #expect(refused > 0 && metrics.metricsKnown > 0)
        #expect(UInt64(metrics.metricsKnown) + refused == 200)
        #expect(metrics.memoryInUse <= configuration.memoryLimit ?? 0)
        _ = try client.shutdownBlocking()
        configuration.memoryLimit = configuration.fixedMemory
        #expect(throws: ConfigurationError.self) { try configuration.validate() }
    }

    @Test("a flush with a text waiting waits for the text")
    func flushedText() throws {
        var receiver = try LoopbackReceiver()
        let port = receiver.port
        let client = try StatsClient(destination: .udp(host: "127.0.0.1", port: port))
        let members = client.memberSet("flushed.set")
        for round in 1...50 {
            members.insert("member \(round)")
            client.recordEvent(title: "event \(round)")
            try client.flushBlocking()
            receiver.turn(timeout: .zero)
            let counts = receiver.totals.tally.counts
            #expect(counts[.set] == UInt64(round) && counts[.event] == UInt64(round))
        }
        let metrics = client.exportMetrics()
        #expect(metrics.eventsReceived == 100 && metrics.eventsSent == 100)
        _ = try client.shutdownBlocking()
    }

    @Test("more texts than the pool holds at once go out one after the other")
    func manyTexts() throws {
        var receiver = try LoopbackReceiver()
        let port = receiver.port
        var configuration = StatsClient.Configuration()
        configuration.textCapacity = 4096
        let client = try StatsClient(configuration: configuration, destination: .udp(host: "127.0.0.1", port: port))
        var taken = 0
        // Each takes a unit of the pool for itself and one for its bytes: more than its bytes alone.
        for index in 0..<400 where client.recordEvent(title: "\(index)") == .buffered { taken += 1 }
        let report = try client.shutdownBlocking()
        receiver.finish()
        let received = receiver.totals.tally.counts.total
        #expect(report.sent == UInt64(taken) && received == UInt64(taken))
        #expect(report.sent + report.lost == 400)
    }
}
