import StatsClient
import StatsEndpoint
import StatsModel
import TestSupport

/// A client with an endpoint that serves while `body` runs, at a port of its own. Afterwards both have ended.
func withEndpoint<Result>(
    configure: (inout StatsClient.Configuration, inout StatsEndpoint.Configuration) -> Void = { _, _ in },
    _ body: (StatsEndpoint, UInt16) async throws -> Result
) async throws -> Result {
    let socket = try TestSocket()
    // It stays until the end: a port that nobody holds any more refuses what is sent to it.
    defer { _ = socket.port }
    var clientConfiguration = StatsClient.Configuration()
    var configuration = StatsEndpoint.Configuration(port: 0)
    configure(&clientConfiguration, &configuration)
    let client = try StatsClient(
        configuration: clientConfiguration, destination: socket.destination)
    let endpoint = try StatsEndpoint(client: client, configuration: configuration)
    let running = Task { try await endpoint.run() }
    do {
        let result = try await body(endpoint, try await endpoint.waitUntilListening())
        running.cancel()
        try await running.value
        _ = await client.shutdown()
        return result
    } catch {
        running.cancel()
        _ = await client.shutdown()
        throw error
    }
}
