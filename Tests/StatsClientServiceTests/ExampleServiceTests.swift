import Logging
import Metrics
import ServiceLifecycle
import StatsClient
import StatsEndpoint
import StatsMetrics
import StatsModel
import SystemIO
import TestSupport
import Testing

/// The example does what it says.
struct ExampleServiceTests {
    @Test("the example service runs, and ends with everything sent and nothing listening")
    func runs() async throws {
        var socket = try TestSocket()
        let client = try StatsClient(destination: socket.destination)
        let endpoint = try StatsEndpoint(client: client, configuration: .init(port: 0))
        let keeper = LogKeeper()
        // In the place of `MetricsSystem.bootstrap`, which a process calls once.
        let shop = withMetricsFactory(StatsMetricsFactory(client: client)) { ExampleService.Shop() }
        let group = ExampleService.group(
            client: client, monitoring: .init(endpoint: endpoint), shop: shop, logger: keeper.logger)
        let running = Task { try await group.run() }
        _ = try await endpoint.waitUntilListening()
        while client.exportMetrics().eventsReceived < 10 { await Task.yield() }
        await group.triggerGracefulShutdown()
        try await running.value
        #expect(client.sent[.counter] == 4 && client.sent[.timing] == 4 && client.sent[.gauge] == 5)
        #expect(client.ledger.lost.counts.total == 0)
        #expect(keeper.lines.contains { $0.message == "stats client ended, everything was sent" })
        let first = socket.next()
        #expect(first != nil)
    }
}
