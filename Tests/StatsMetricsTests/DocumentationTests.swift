import Metrics
import StatsClient
import StatsMetrics
import StatsModel
import Synchronization
import Testing

/// The examples of swift-metrics' documentation, with our backend behind them and a receiver on loopback.
@Suite(.serialized) struct DocumentationTests {
    typealias Event = TestWire.Event

    private static let hasBootstrapped = Atomic(false)

    @Test("the documentation's example runs unchanged behind the bootstrapped backend")
    func bootstrap() throws {
        var wire = try TestWire()
        let factory = StatsMetricsFactory(client: wire.client)
        func run() {
            DocumentationExample.emit()
            let handler = DocumentationExample.RequestHandler()
            for request in 0..<3 { handler.handleRequest(requestID: "\(request)") }
            DocumentationExample.types()
        }
        // Once in a process, where no other test bootstraps: when tests are repeated, the factory is one for a scope.
        if Self.hasBootstrapped.exchange(true, ordering: .relaxed) {
            withMetricsFactory(factory, run)
        } else {
            MetricsSystem.bootstrap(factory)
            run()
        }
        let events = try wire.finish()
        #expect(
            events == [
                Event(.counter, "com.example.BestExampleApp.numberOfRequests", 1),
                Event(.counter, "requests", 1), Event(.counter, "requests", 1), Event(.counter, "requests", 1),
                Event(.counter, "types.counter", 100),
                Event(.counter, "types.floating_point_counter", 10.5),
                Event(.gauge, "types.gauge", 100),
                Event(.gauge, "types.meter", 100),
                Event(.histogram, "types.recorder", 100),
                Event(.timing, "types.timer", 100),
            ])
    }

    @Test("a factory for one scope is picked up by what is made inside")
    func scoped() throws {
        var wire = try TestWire()
        let service = withMetricsFactory(StatsMetricsFactory(client: wire.client)) {
            DocumentationExample.UserService()
        }
        service.counter.increment()
        let events = try wire.finish()
        #expect(events == [Event(.counter, "users.created", 1)])
    }

    @Test("mapped labels and dimensions reach the wire")
    func mapped() throws {
        var wire = try TestWire()
        let factory = StatsMetricsFactory(client: wire.client)
        DocumentationExample.mapping(factory)
        DocumentationExample.chaining(factory)
        let events = try wire.finish()
        #expect(
            events == [
                Event(.counter, "request_count{method:GET,service:checkout}", 1),
                Event(.counter, "myapp.chained{env:production}", 1),
            ])
    }

    @Test("the backend stands beside others")
    func multiplexed() throws {
        var first = try TestWire()
        var second = try TestWire()
        let factory = MultiplexMetricsHandler(factories: [
            StatsMetricsFactory(client: first.client), StatsMetricsFactory(client: second.client),
        ])
        let timer = Timer(label: "both", preferredDisplayUnit: .seconds, factory: factory)
        timer.recordMilliseconds(1500)
        timer.destroy()
        let expected = [Event(.histogram, "both", 1.5)]
        let one = try first.finish()
        let other = try second.finish()
        #expect(one == expected && other == expected)
    }
}
