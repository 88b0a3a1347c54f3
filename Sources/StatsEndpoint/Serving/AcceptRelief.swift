import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Stands first at a listening socket. Where the process, or the system, has no file descriptor for a connection that
/// waits, the connection that waited longest for its client is closed, as where all places are taken
/// (``ConnectionTable``), and the one that waits gets its descriptor.
///
/// Where none can give way the failure goes on to NIO's handler behind it, which accepts again a second later.
final class AcceptRelief: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel
    typealias OutboundIn = any Channel
    typealias OutboundOut = any Channel

    /// From the failure until a connection gives way: the requests that have come are answered first, and whoever closes
    /// meanwhile leaves its own descriptor.
    static let pause = TimeAmount.milliseconds(1)

    private let pool: ConnectionPool
    private var pause: Scheduled<Void>?
    /// A read that was asked for during the pause.
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
