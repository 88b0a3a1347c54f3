import StatsBuffers
import StatsModel
import StatsPipeline
import StatsReceiver
import StatsWire
import SystemIO
import Testing
import TestSupport

@testable import StatsClient

/// Events longer than a packet over real sockets.
@Suite("long events of the live client", .serialized) struct LiveLargeEventTests {
    /// Records, from each thread, small events and long ones of every type; answers what was offered of each type.
    private static func record(
        _ client: StatsClient, _ receiver: inout LoopbackReceiver, threads: Int, rounds: Int, length: Int
    ) throws -> TypeCounts {
        let recorders = Recorders()
        let long = String(repeating: "x", count: length)
        try recorders.start(threads) { thread in
            let (small, counter) = (client.counter("small"), client.counter("long.\(thread)." + long))
            let (timing, set) = (client.timing("t." + long, tags: ["a": "b"]), client.memberSet("members"))
            for round in 0..<rounds {
                small.increment()
                counter.increment()
                small.increment()
                timing.record(milliseconds: 2)
                client.setGauge("g", to: Double(round), tags: ["long": long])
                set.insert("\(thread) \(round) " + long)
                client.recordEvent(title: "title", text: long)
                client.recordServiceCheck("check", status: .ok, message: long)
                try? client.flushBlocking()
            }
        }
        while recorders.count() < threads { receiver.turn(timeout: .milliseconds(1)) }
        var counts = TypeCounts()
        let each = UInt64(threads * rounds)
        for (type, count) in [
            (MetricType.counter, 3 * each), (.timing, each), (.gauge, each), (.set, each), (.event, each), (.serviceCheck, each),
        ] { counts[type] = count }
        return counts
    }

    private static func everyOneArrives(
        _ receiver: inout LoopbackReceiver, _ destination: Destination, codec: PacketCodec, hasParity: Bool, threads: Int
    ) throws {
        var configuration = StatsClient.Configuration(preset: hasParity ? .parity : .standard)
        configuration.codec = codec
        configuration.maximumSendWait = .seconds(60)
        let client = try StatsClient(configuration: configuration, destination: destination)
        let offered = try Self.record(client, &receiver, threads: threads, rounds: 2, length: 7000)
        let report = try receiver.shutDown(client)
        #expect(report.lost == 0, "\(report)")
        let received = receiver.totals.tally.counts
        #expect(received == offered && client.sent == offered)
        let metrics = client.exportMetrics()
        #expect(metrics.largePacketsSent == UInt64(threads * 2 * 6) && metrics.largePacketBytes > metrics.largePacketsSent * 7000)
        #expect(metrics.sendErrors == 0)
    }

    @Test("over UDP every one arrives, in every codec, with parity and without", arguments: TestDriver.codecs, [false, true])
    func internet(codec: PacketCodec, hasParity: Bool) throws {
        var receiver = try LoopbackReceiver()
        let port = receiver.port
        try Self.everyOneArrives(&receiver, .udp(host: "127.0.0.1", port: port), codec: codec, hasParity: hasParity, threads: 1)
    }

    @Test("from four threads over a Unix socket as well", arguments: TestDriver.codecs)
    func fourThreads(codec: PacketCodec) throws {
        let path = LiveDeliveryTests.socketPath()
        let socket = try DatagramSocket(bindingTo: .unix(path: path))
        defer { try? FileSystem.removeFile(path) }
        var receiver = LoopbackReceiver(socket)
        try Self.everyOneArrives(&receiver, .unix(path: path), codec: codec, hasParity: false, threads: 4)
    }

    @Test("as lines of text, over UDP and a Unix socket", arguments: [true, false])
    func text(isUnix: Bool) throws {
        let path = LiveDeliveryTests.socketPath()
        var socket = try isUnix ? TestSocket(path: path) : TestSocket()
        defer { if isUnix { try? FileSystem.removeFile(path) } }
        let port = socket.port
        var configuration = StatsClient.Configuration()
        configuration.format = .dogstatsd
        let client = try StatsClient(
            configuration: configuration, destination: isUnix ? .unix(path: path) : .udp(host: "127.0.0.1", port: port))
        let long = String(repeating: "x", count: 8000)
        client.recordEvent(title: "title", text: long)
        client.increment("a")
        client.increment(long)
        let report = try client.shutdownBlocking()
        var lines: Set<String> = []
        while let datagram = socket.next(timeout: .milliseconds(1)) {
            for line in String(decoding: datagram, as: UTF8.self).split(separator: "\n") { lines.insert(String(line)) }
        }
        #expect(report.sent == 3 && report.lost == 0)
        #expect(lines == ["_e{5,8000}:title|\(long)", "a:1|c", "\(long):1|c"])
    }

    @Test("both destinations get it, and each counts it once")
    func twice() throws {
        var pair = try TwoDestinations()
        let client = pair.client
        let offered = try Self.record(client, &pair.receiver, threads: 1, rounds: 2, length: 8000)
        let report = try client.shutdownBlocking()
        pair.finish()
        #expect(report.lost == 0)
        let received = (pair.receiver.totals.tally.counts, pair.other.totals.tally.counts)
        #expect(received.0 == offered && received.1 == offered)
        #expect(client.exportMetrics().copiesSkipped == 0)
    }

    @Test("a socket that refuses the length costs the long events alone, by name, and opens no breaker")
    func refusedLength() throws {
        let path = LiveDeliveryTests.socketPath()
        let socket = try DatagramSocket(bindingTo: .unix(path: path))
        defer { try? FileSystem.removeFile(path) }
        var receiver = LoopbackReceiver(socket)
        var configuration = StatsClient.Configuration(preset: .unreliableNetwork)
        configuration.reliability = nil
        // A Unix socket takes no datagram longer than its buffer: the system makes 4608 bytes of this.
        configuration.sendBufferByteCount = 1024
        let client = try StatsClient(configuration: configuration, destination: .unix(path: path))
        let long = String(repeating: "x", count: 8000)
        for round in 0..<30 {
            client.recordEvent(title: "long", text: long)
            client.recordEvent(title: "short \(round)")
            try client.flushBlocking()
            receiver.turn(timeout: .zero)
        }
        let metrics = client.exportMetrics()
        #expect(metrics.circuitBreaker == .closed && metrics.circuitBreakerOpenings == 0)
        let report = try receiver.shutDown(client)
        let received = receiver.totals.tally.counts
        #expect(received[.event] == 30 && report.sent == 30, "\(report)")
        #expect(report.losses == [.init(cause: .sendFailed, type: .event, count: 30)])
        #expect(client.exportMetrics().sendErrorsByName == [.messageTooLong: 30])
    }

    @Test("packets of any lengths in one batch stand apart and come out whole", arguments: 1...8 as ClosedRange<UInt64>)
    func mixed(seed: UInt64) throws {
        var load = RandomLoad(seed: seed)
        let path = LiveDeliveryTests.socketPath()
        let socket = try DatagramSocket(bindingTo: .unix(path: path))
        defer { try? FileSystem.removeFile(path) }
        var receiver = LoopbackReceiver(socket)
        var configuration = StatsClient.Configuration()
        configuration.maximumSendWait = .seconds(60)
        configuration.largeEventLimit = [2000, 8192, 60_000][load.draw(3)]
        // Room for all of them: what counts here is how packets leave, not how soon a busy machine lets them.
        configuration.textCapacity = 1 << 24
        configuration.batchSize = 1 + load.draw(20)
        let client = try StatsClient(configuration: configuration, destination: .unix(path: path))
        var offered: UInt64 = 0
        for _ in 0..<120 {
            for _ in 0..<load.draw(6) {
                let length = load.draw(3) == 0 ? 1400 + load.draw(configuration.largeEventLimit - 1500) : load.draw(200)
                if client.recordEvent(title: "t", text: String(repeating: "x", count: length)) == .buffered { offered += 1 }
            }
            receiver.turn(timeout: .zero)
        }
        let report = try receiver.shutDown(client)
        let received = receiver.totals.tally
        #expect(report.losses.isEmpty && received.counts[.event] == offered, "seed \(seed): \(report)")
        #expect(received.counts == client.sent && client.exportMetrics().largePacketsSent > 0, "seed \(seed)")
    }
}
