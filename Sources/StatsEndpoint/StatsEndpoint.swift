import FlyingFox
import FlyingSocks
public import StatsClient
import StatsModel

/// A small HTTP server with what an operator asks of a ``StatsClient``: whether it is well, what it counts, and what the
/// process spends its time on.
///
///     let endpoint = try StatsEndpoint(client: client)
///     try await endpoint.run()          // until the task is cancelled
///
///     curl http://127.0.0.1:8127/health
///     curl http://127.0.0.1:8127/metrics
///     curl -s 'http://127.0.0.1:8127/debug/profile?seconds=5' | flamegraph.pl > profile.svg
///
/// | path | answer |
/// |---|---|
/// | `GET /health` | 200, or 503 where the client's ``StatsClient/health()`` is bad; JSON with what to do about it |
/// | `GET /metrics` | the client's own counters as Prometheus' text format 0.0.4; as JSON with `Accept: application/json` or `?format=json` |
/// | `GET /debug/profile?seconds=5` | where the process's threads spent processor time, one stack a line (`thread;outer;inner count`), as flame graph tools read them; 409 while another is taken |
///
/// `HEAD` works on the first two. Anything else is 404, 405 with `Allow`, or 400 with a sentence. It listens on this
/// machine alone unless told otherwise; see ``Configuration``.
///
/// In a service group of swift-service-lifecycle:
///
///     struct Monitoring: Service {
///         let endpoint: StatsEndpoint
///         func run() async throws { try await cancelWhenGracefulShutdown { try await endpoint.run() } }
///     }
public final class StatsEndpoint: Sendable {
    public let client: StatsClient
    public let configuration: Configuration
    private let server: HTTPServer
    private let profiler = ProfileDesk()

    /// Binds nothing yet. Throws ``ConfigurationError``.
    public init(client: StatsClient, configuration: Configuration = Configuration()) throws(ConfigurationError) {
        try configuration.validate()
        self.client = client
        self.configuration = configuration
        let address = try configuration.socketAddress()
        let router = EndpointRouter(client: client, configuration: configuration, profiler: profiler)
        server = Self.makeServer(address, router, longest: configuration.longestProfile)
    }

    private static func makeServer(
        _ address: some SocketAddress, _ router: EndpointRouter, longest: Nanoseconds
    ) -> HTTPServer {
        HTTPServer(
            address: address, timeout: longest.seconds + 30, pool: SocketPool(queue: PollQueue()), logger: .disabled,
            handler: router)
    }

    /// Serves until the task is cancelled or ``stop()`` is called; then every socket is closed and it returns. Once at a
    /// time. Throws where it cannot listen, such as at a port that is taken.
    public func run() async throws {
        let serving = Task { try await server.run() }
        let result = await withTaskCancellationHandler {
            await serving.result
        } onCancel: {
            Task { await self.stop() }
            serving.cancel()
        }
        switch result {
        case .success: return
        // A server that was stopped ends with one of these.
        case .failure(is CancellationError), .failure(SocketError.disconnected): return
        case .failure(let error): throw error
        }
    }

    /// Ends ``run()``: takes no more connections, gives up a profile that is being taken, and closes every socket.
    public func stop() async {
        profiler.cancel()
        await server.stop()
    }

    /// A socket is bound in microseconds; more than this only a machine takes that has no time for anything.
    private static let longestStart = 120.0

    /// Waits until connections are taken; answers the port. Throws where that takes longer than two minutes.
    public func waitUntilListening() async throws -> UInt16 {
        try await server.waitUntilListening(timeout: Self.longestStart)
        switch await server.listeningAddress {
        case .ip4(_, let port), .ip6(_, let port): return port
        case .unix, nil: return configuration.port
        }
    }
}
