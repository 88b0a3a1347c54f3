import StatsClient
import StatsModel
import StatsPipeline
import SystemIO
import Testing

/// A client that sends every packet to two receivers.
struct TwoDestinations: ~Copyable {
    let client: StatsClient
    var receiver: LoopbackReceiver
    var other: LoopbackReceiver

    init() throws {
        let one = try LoopbackReceiver()
        let two = try LoopbackReceiver()
        var configuration = StatsClient.Configuration(preset: .reliable)
        configuration.copySpread = .milliseconds(1)
        let client = try StatsClient(
            configuration: configuration, destination: .udp(host: "127.0.0.1", port: one.port),
            secondDestination: .udp(host: "127.0.0.1", port: two.port))
        self.client = client
        receiver = one
        other = two
    }

    /// Until the closing packet came at both.
    mutating func finish() {
        receiver.finish()
        other.finish()
    }
}
