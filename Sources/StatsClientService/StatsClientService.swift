public import Logging
public import ServiceLifecycle
public import StatsClient
import StatsModel

/// A ``StatsClient`` as a service of swift-service-lifecycle: runs until the group shuts down gracefully or its task is
/// cancelled, then sends what waits, ends the client and logs what was not delivered.
///
///     let client = try StatsClient(destination: Destination(parsing: "127.0.0.1:8125"))
///     let statistics = StatsClientService(client: client, shutdownTimeout: .seconds(5), logger: logger)
///     let group = ServiceGroup(services: [statistics, server], gracefulShutdownSignals: [.sigterm], logger: logger)
///     try await group.run()
///
/// A group ends its services from the last to the first, so the client comes first in the list: what the others record
/// while they end still goes out.
///
/// It is a product of its own: whoever wants the client or the swift-metrics backend alone gets neither
/// swift-service-lifecycle nor swift-log.
public struct StatsClientService: Service {
    public let client: StatsClient
    /// How long sending the rest may take, at the end; what has not gone out by then is lost, and logged.
    public let shutdownTimeout: Duration
    private let logger: Logger

    /// - Parameter shutdownTimeout: no less than nothing; over an hour counts as an hour
    public init(client: StatsClient, shutdownTimeout: Duration = .seconds(5), logger: Logger) {
        self.client = client
        self.shutdownTimeout = min(max(shutdownTimeout, .zero), .seconds(3600))
        self.logger = logger
    }

    /// Ends after graceful shutdown; throws `CancellationError` where its task was cancelled. In both cases the client
    /// has ended before.
    public func run() async throws {
        logger.debug("stats client runs", metadata: ["destination": "\(client.destination)"])
        let ending: Result<Void, any Error>
        do {
            try await gracefulShutdown()
            ending = .success(())
        } catch {
            ending = .failure(error)
        }
        let report = await client.shutdown(within: shutdownTimeout)
        log(report)
        try ending.get()
    }

    /// One line: at the level `info` where everything went out, else as a warning with each cause and type.
    private func log(_ report: StatsClient.DeliveryReport) {
        var metadata: Logger.Metadata = [
            "destination": "\(client.destination)", "sent": "\(report.sent)", "lost": "\(report.lost)",
        ]
        if report.losses.isEmpty {
            logger.info("stats client ended, everything was sent", metadata: metadata)
            return
        }
        metadata["losses"] = .array(
            report.losses.map { loss in
                ["cause": "\(loss.cause)", "type": "\(loss.type)", "count": "\(loss.count)"]
            })
        logger.warning("stats client ended with losses", metadata: metadata)
    }
}
