import Logging
import ServiceLifecycle
import ServiceLifecycleTestKit
import StatsBuffers
import StatsClient
import StatsClientService
import StatsModel
import SystemIO
import TestSupport
import Testing

/// The client's life in a service group.
struct StatsClientServiceTests {
    /// Records while it ends, as a server does that answers its last requests.
    struct Server: Service {
        let counter: StatsClient.Counter

        func run() async throws {
            counter.increment(by: 1)
            try? await gracefulShutdown()
            counter.increment(by: 2)
        }
    }

    @Test("in a group the client ends last, with everything that the others recorded sent")
    func group() async throws {
        var socket = try TestSocket()
        let client = try StatsClient(destination: socket.destination)
        let keeper = LogKeeper()
        let service = StatsClientService(client: client, logger: keeper.logger)
        let group = ServiceGroup(
            services: [service, Server(counter: client.counter("requests"))], logger: Logger(label: "group"))
        await group.triggerGracefulShutdown()
        try await group.run()
        #expect(client.sent.total == 2)
        let late = client.increment("late")
        #expect(late == .refused(.clientClosed))
        let line = try #require(keeper.lines.last)
        #expect(line.level == .info && line.message == "stats client ended, everything was sent")
        #expect(line.metadata["sent"] == "2" && line.metadata["lost"] == "0" && line.metadata["losses"] == nil)
        let first = socket.next()
        #expect(first != nil)
    }

    @Test("a cancelled task ends the client as well")
    func cancelled() async throws {
        let client = try StatsClient(destination: .udp(host: "127.0.0.1", port: 9))
        let keeper = LogKeeper()
        client.increment("requests")
        let service = StatsClientService(client: client, logger: keeper.logger)
        let task = Task { try await service.run() }
        task.cancel()
        let result = await task.result
        #expect(throws: CancellationError.self) { try result.get() }
        let late = client.increment("late")
        #expect(late == .refused(.clientClosed))
        #expect(keeper.lines.count == 2)
    }

    @Test("what was not delivered is logged as a warning, by cause and type", arguments: [Duration.zero, .seconds(2)])
    func losses(timeout: Duration) async throws {
        let path = "/tmp/statsclient-service-\(UInt64.random(in: 0 ... .max))"
        let client = try StatsClient(destination: .unix(path: path))
        let keeper = LogKeeper()
        for _ in 0..<3 { client.increment("requests") }
        client.setGauge("level", to: 1)
        await testGracefulShutdown { trigger in
            trigger.triggerGracefulShutdown()
            try? await StatsClientService(client: client, shutdownTimeout: timeout, logger: keeper.logger).run()
        }
        let line = try #require(keeper.lines.last)
        #expect(line.level == .warning && line.message == "stats client ended with losses")
        #expect(line.metadata["sent"] == "0" && line.metadata["lost"] == "4")
        #expect(
            line.metadata["losses"]
                == .array([
                    ["cause": "send_failed", "type": "counter", "count": "3"],
                    ["cause": "send_failed", "type": "gauge", "count": "1"],
                ]))
        #expect(line.metadata["destination"] == "unix:\(path)")
    }

    @Test("the time for the end is bounded", arguments: [(-1, 0), (5, 5), (100_000, 3600)])
    func bounds(given: Int, used: Int) async throws {
        let client = try StatsClient(destination: .udp(host: "127.0.0.1", port: 9))
        let service = StatsClientService(
            client: client, shutdownTimeout: .seconds(given), logger: Logger(label: "test"))
        #expect(service.shutdownTimeout == .seconds(used))
        _ = await client.shutdown()
    }
}
