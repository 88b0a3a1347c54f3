import StatsModel
import StatsPipeline
import Synchronization
import SystemIO

/// How a live client comes by its sockets; tests bring their own.
struct LiveConnector: Sendable {
    /// Whether ``open`` may take long, so that it belongs on a thread of its own.
    var mayBlock: @Sendable (Destination) -> Bool
    var open: @Sendable (Destination) throws(SystemError) -> DatagramSocket

    static let system = LiveConnector(
        mayBlock: { $0.needsResolver },
        open: { (destination) throws(SystemError) in try DatagramSocket(connectingTo: destination) })
}

/// A connection in the making, on a thread that lives no longer than that.
final class LiveConnecting: Sendable {
    enum Outcome: ~Copyable, Sendable {
        case open(DatagramSocket)
        case failed(SystemError)
    }

    private let outcome = Mutex<Outcome?>(nil)

    /// Begins. When it is done, `spot` is woken.
    ///
    /// Throws where there is no thread.
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
        // A closure that may run twice cannot consume: handed over in an optional.
        var result = Optional(result)
        outcome.withLock { $0 = result.take() }
    }

    /// What became of it, once; nil while it is still in the making.
    func take() -> Outcome? { outcome.withLock { $0.take() } }
}
