import NIOCore
import Synchronization

@testable import StatsEndpoint

extension HTTPServer {
    /// The event loop that accepts connections now.
    var listenerLoop: (any EventLoop)? { life.withLock { $0.listener }?.eventLoop }

    /// Closes the listening socket, as a failure of the system would.
    func closeListener() async throws {
        let listener = life.withLock { life in
            defer { life.stopListening() }
            return life.listener
        }
        try await listener?.close()
    }
}
