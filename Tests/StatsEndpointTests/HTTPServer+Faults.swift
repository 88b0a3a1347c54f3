import NIOCore
import Synchronization

@testable import StatsEndpoint

extension HTTPServer {
    /// The event loop that accepts connections now.
    var listenerLoop: (any EventLoop)? { phases.withLock { $0.listener }?.eventLoop }

    /// Closes the listening socket, as a failure of the system would.
    func closeListener() async throws {
        let listener = phases.withLock { phases in
            defer { phases.stopListening() }
            return phases.listener
        }
        try await listener?.close()
    }
}
