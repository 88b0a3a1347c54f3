public import StatsClient
import StatsModel
public import StatsPipeline

/// A small HTTP server for the operator of a ``StatsClient``. It shows the client's health, its counters, and a profile of
/// where the process spends processor time.
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
/// | `GET /health` | 200, or 503 if the client's ``StatsClient/health()`` is bad; JSON with advice |
/// | `GET /metrics` | the client's own counters in Prometheus' text format 0.0.4, or as JSON |
/// | `GET /debug/profile?seconds=5` | a profile of processor time; 409 while another is taken |
///
/// `/metrics` is JSON with `Accept: application/json` or `?format=json`. The profile shows where the process's threads spent
/// processor time, with one stack per line (`thread;outer;inner count`), as flame graph tools read it.
///
/// `HEAD` works on the first two. Anything else is 404, 405 with `Allow`, or 400 with a sentence. By default it accepts
/// connections from this machine only; see ``Configuration``.
///
/// It runs on a thread of its own, beside those of the service. The resources of a client are bounded: 8 KiB for the head of a
/// request (else 414 or 431) and for a body (else 413), the time for a request (else 408), and the number of connections
/// (``Configuration/maximumConnections``). Of the requests that clients send ahead, at most four are answered in a millisecond,
/// each on a different connection, so that they do not delay others. A profile ends early when its client disconnects, or sends
/// more than 48 KiB after its request (413).
///
/// In a service group of swift-service-lifecycle:
///
///     struct Monitoring: Service {
///         let endpoint: StatsEndpoint
///         func run() async throws { try await cancelWhenGracefulShutdown { try await endpoint.run() } }
///     }
public final class StatsEndpoint: Sendable {
    /// The client whose health and counters are shown.
    public let client: StatsClient
    /// The settings of the endpoint.
    public let configuration: Configuration
    let server: HTTPServer

    /// Binds nothing yet. Throws ``ConfigurationError`` for a setting that is out of range.
    public init(client: StatsClient, configuration: Configuration = Configuration()) throws(ConfigurationError) {
        try configuration.validate()
        self.client = client
        self.configuration = configuration
        server = HTTPServer(
            router: EndpointRouter(client: client, configuration: configuration), profiler: ProfileRunner())
    }

    /// Serves until the task is cancelled or ``stop()`` is called, then closes every socket and returns. Only one run may be
    /// active at a time. Throws if it cannot start to listen, for example at a port in use. Later failures do not end it: if
    /// the process has no free file descriptor, a new connection replaces the one that has waited longest for its client, or is
    /// accepted once a descriptor is free.
    public func run() async throws { try await server.run() }

    /// Ends ``run()``: accepts no more connections, cancels a running profile, and closes every socket. Returns when that is
    /// done.
    public func stop() async { await server.stop() }

    /// Binding takes microseconds. Only a machine that is extremely overloaded needs longer than this.
    private static let longestStart = Duration.seconds(120)

    /// Waits until connections are accepted. Returns the port. Throws if the run fails, or does not start within two minutes.
    public func waitUntilListening() async throws -> UInt16 {
        try await server.waitUntilListening(timeout: Self.longestStart)
    }
}
