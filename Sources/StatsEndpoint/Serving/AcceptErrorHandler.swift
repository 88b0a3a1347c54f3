import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Frees a file descriptor when a new connection cannot be accepted for lack of one. It closes the connection that has waited
/// longest for its client, by the same rule as for a full server (``ConnectionTable``). It is the first handler in the pipeline
/// of the listening socket.
///
/// If no connection can be closed, the error goes on to NIO's next handler, which tries to accept again a second later.
final class AcceptErrorHandler: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel
    typealias OutboundIn = any Channel
    typealias OutboundOut = any Channel

    /// The time from the error to the closing of a connection. Pending requests are answered first, and a connection that
    /// closes by itself in this time frees its descriptor.
    static let pause = TimeAmount.milliseconds(1)

    private let pool: ConnectionPool
    private var pause: Scheduled<Void>?
    /// Whether a read was requested during the pause.
    private var owesRead = false

    init(pool: ConnectionPool) { self.pool = pool }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let failure = error as? IOError, [EMFILE, ENFILE].contains(failure.errnoCode), pool.canGiveWay else {
            return context.fireErrorCaught(error)
        }
        guard pause == nil else { return }
        let count = pool.count
        pause = context.eventLoop.assumeIsolated().scheduleTask(in: Self.pause) {
            self.pause = nil
            if self.pool.count >= count { self.pool.giveWay() }
            guard self.owesRead else { return }
            self.owesRead = false
            context.read()
        }
    }

    func read(context: ChannelHandlerContext) {
        if pause == nil { context.read() } else { owesRead = true }
    }

    func channelInactive(context: ChannelHandlerContext) {
        pause?.cancel()
        pause = nil
        context.fireChannelInactive()
    }
}
