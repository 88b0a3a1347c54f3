public import Logging
public import ServiceLifecycle
public import StatsClient
import StatsModel

/// A ``StatsClient`` as a service of swift-service-lifecycle. It runs until the group shuts down gracefully or its task is
/// cancelled. Then it sends the waiting events, ends the client and logs the events that were not delivered.
///
///     let client = try StatsClient(destination: Destination(parsing: "127.0.0.1:8125"))
///     let statistics = StatsClientService(client: client, shutdownTimeout: .seconds(5), logger: logger)
///     let group = ServiceGroup(services: [statistics, server], gracefulShutdownSignals: [.sigterm], logger: logger)
///     try await group.run()
///
/// A group ends its services from the last to the first. So the client comes first in the list, and events that the other
/// services record at their end are still sent.
///
/// This is a separate product, so that the client and the swift-metrics backend need neither swift-service-lifecycle nor
/// swift-log.
public struct StatsClientService: Service {
    /// The client that runs as a service.
    public let client: StatsClient
    /// How long sending the waiting events may take at the end. Events not sent by then are lost, and the loss is logged.
    public let shutdownTimeout: Duration
    private let logger: Logger

    /// - Parameter shutdownTimeout: a negative time counts as zero, and a time over an hour as an hour
    public init(client: StatsClient, shutdownTimeout: Duration = .seconds(5), logger: Logger) {
        self.client = client
        self.shutdownTimeout = min(max(shutdownTimeout, .zero), .seconds(3600))
        self.logger = logger
    }

    /// Returns after a graceful shutdown, or throws `CancellationError` if its task was cancelled. In both cases the client has
    /// ended before.
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

    /// Logs one line: at level `info` if everything was sent, else a warning with each cause and type.
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
                ["cause": "\(loss.cause.name)", "type": "\(loss.type.name)", "count": "\(loss.count)"]
            })
        logger.warning("stats client ended with losses", metadata: metadata)
    }
}
