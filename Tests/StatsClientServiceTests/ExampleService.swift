import Logging
import Metrics
import ServiceLifecycle
import UnixSignals
import StatsClient
import StatsClientService
import StatsEndpoint
import StatsMetrics
import SystemIO

/// A service that measures itself, as the read-me shows it: the client sends, swift-metrics records through it, and an
/// endpoint tells operators how the client does.
enum ExampleService {
    /// The part that does the work. It knows swift-metrics and nothing of how the numbers travel.
    struct Shop: Service {
        let orders = Counter(label: "shop.orders", dimensions: [("env", "prod")])
        let duration = Timer(label: "shop.order.duration")
        let stock = Meter(label: "shop.stock")

        func run() async throws {
            stock.set(100)
            for _ in 0..<3 { await order() }
            try? await gracefulShutdown()
            await order()
        }

        func order() async {
            await Timer.measure(duration) { await Task.yield() }
            orders.increment()
            stock.decrement()
        }
    }

    /// The endpoint as a service.
    struct Monitoring: Service {
        let endpoint: StatsEndpoint

        func run() async throws {
            try await cancelWhenGracefulShutdown { try await endpoint.run() }
        }
    }

    /// The client first: a group ends its services from the last to the first, so what the others record at their end
    /// still goes out.
    static func group(client: StatsClient, monitoring: Monitoring, shop: Shop, logger: Logger) -> ServiceGroup {
        ServiceGroup(
            services: [
                StatsClientService(client: client, shutdownTimeout: .seconds(5), logger: logger),
                monitoring,
                shop,
            ],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger)
    }

    /// What stands in the program's `main`.
    static func main() async throws {
        let logger = Logger(label: "shop")
        let client = try StatsClient(destination: Destination(parsing: "127.0.0.1:8125"))
        MetricsSystem.bootstrap(StatsMetricsFactory(client: client))
        let endpoint = try StatsEndpoint(client: client)
        let group = group(client: client, monitoring: Monitoring(endpoint: endpoint), shop: Shop(), logger: logger)
        try await group.run()
    }
}

extension Timer {
    /// Records how long an asynchronous body takes.
    static func measure<Result>(_ timer: Timer, _ body: () async -> Result) async -> Result {
        let clock = ContinuousClock()
        let start = clock.now
        let result = await body()
        timer.record(duration: clock.now - start)
        return result
    }
}
