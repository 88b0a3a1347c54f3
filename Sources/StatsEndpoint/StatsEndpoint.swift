public import StatsClient
import StatsModel
public import StatsPipeline

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
/// A thread of its own serves it, beside the service's. What one client can take is bounded: 8 KiB for the head of a
/// request (else 414 or 431) and for a body (else 413), the time for a request (else 408), and the number of connections
/// (``Configuration/maximumConnections``). Of requests that clients send ahead, four are answered in a millisecond at most, each
/// of another connection, so that they keep nobody waiting. A profile ends when its client hangs up, or sends more than 48 KiB
/// behind its request (413).
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
    let server: HTTPServer

    /// Binds nothing yet. Throws ``ConfigurationError``.
    public init(client: StatsClient, configuration: Configuration = Configuration()) throws(ConfigurationError) {
        try configuration.validate()
        self.client = client
        self.configuration = configuration
        server = HTTPServer(
            router: EndpointRouter(client: client, configuration: configuration), profiler: ProfileDesk())
    }

    /// Serves until the task is cancelled or ``stop()`` is called; then every socket is closed and it returns. Once at a
    /// time. Throws where it cannot begin to listen, such as at a port that is taken. What happens later, such as a
    /// process without free file descriptors, does not end it: a new connection takes the descriptor of the one that waited
    /// longest for its client, or is accepted as soon as there is one.
    public func run() async throws { try await server.run() }

    /// Ends ``run()``: takes no more connections, gives up a profile that is being taken, and closes every socket.
    /// Returns when that is done.
    public func stop() async { await server.stop() }

    /// A socket is bound in microseconds; more than this only a machine takes that has no time for anything.
    private static let longestStart = Duration.seconds(120)

    /// Waits until connections are taken; answers the port. Throws where the run fails, or does not begin within two
    /// minutes.
    public func waitUntilListening() async throws -> UInt16 {
        try await server.waitUntilListening(timeout: Self.longestStart)
    }
}
