import StatsModel
import StatsPipeline
import Synchronization
import SystemIO

/// Creates the sockets of a live client. Tests replace it.
struct LiveConnector: Sendable {
    /// Whether ``open`` may take long, so that it needs a thread of its own.
    var mayBlock: @Sendable (Destination) -> Bool
    var open: @Sendable (Destination) throws(SystemError) -> DatagramSocket

    static let system = LiveConnector(
        mayBlock: { $0.needsResolver },
        open: { (destination) throws(SystemError) in try DatagramSocket(connectingTo: destination) })
}

/// A connection that is being made, on a thread that ends afterwards.
final class LiveConnecting: Sendable {
    enum Outcome: ~Copyable, Sendable {
        case open(DatagramSocket)
        case failed(SystemError)
    }

    private let outcome = Mutex<Outcome?>(nil)

    /// Starts to connect. `spot` is woken at the end.
    ///
    /// Throws if no thread can be created.
    static func start(
        _ connector: LiveConnector, to destination: Destination, waking spot: ParkingSpot
    ) throws(SystemError) -> LiveConnecting {
        let connecting = LiveConnecting()
        try WorkerThread.start(name: "statsresolver") {
            do throws(SystemError) {
                let socket = try connector.open(destination)
                connecting.finish(.open(socket))
            } catch {
                connecting.finish(.failed(error))
            }
            spot.wake()
        }
        return connecting
    }

    private func finish(_ result: consuming sending Outcome) {
        // A closure that may run twice cannot consume its value. The value is therefore passed in an optional.
        var result = Optional(result)
        outcome.withLock { $0 = result.take() }
    }

    /// The result, which is returned only once. nil while connecting is not finished.
    func take() -> Outcome? { outcome.withLock { $0.take() } }
}
