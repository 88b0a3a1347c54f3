import NIOCore
import StatsModel

/// What the connections of one run share. Used on their event loop alone.
final class ConnectionPool {
    struct Limits {
        /// From the first byte of a request, or from connecting, to the request's end.
        var request: TimeAmount
        /// From an answer to the next request, and for an answer to be taken.
        var idle: TimeAmount
        var requestText: String

        init(_ configuration: StatsEndpoint.Configuration) {
            request = .nanoseconds(configuration.requestTimeout.rawValue)
            idle = .nanoseconds(configuration.idleTimeout.rawValue)
            requestText = "\(configuration.requestTimeout)"
        }
    }

    let router: EndpointRouter
    let profiler: ProfileDesk
    let limits: Limits
    private let eventLoop: any EventLoop
    private var table: ConnectionTable
    private var channels: [Int: any Channel] = [:]
    private var lastID = 0
    private var turns = TurnQueue()
    private var isTurnScheduled = false
    /// Done when every profile that was begun has ended.
    private(set) var profilesEnd: EventLoopFuture<Void>

    init(router: EndpointRouter, profiler: ProfileDesk, on eventLoop: any EventLoop) {
        self.router = router
        self.profiler = profiler
        self.eventLoop = eventLoop
        limits = Limits(router.configuration)
        table = ConnectionTable(limit: router.configuration.maximumConnections)
        profilesEnd = eventLoop.makeSucceededVoidFuture()
    }

    var count: Int { table.count }

    /// Makes a connection of a channel that was accepted, or refuses it.
    func accept(_ channel: any Channel) throws {
        lastID += 1
        switch table.admit(lastID) {
        case .admitted: break
        case .replaces(let id): channels.removeValue(forKey: id)?.close(promise: nil)
        case .refused: return try channel.pipeline.syncOperations.addHandler(ConnectionRefusal())
        }
        channels[lastID] = channel
        try Connection.configure(channel, id: lastID, pool: self)
    }

    func move(_ id: Int, to stage: ConnectionTable.Stage) { table.move(id, to: stage) }

    func remove(_ id: Int) {
        table.remove(id)
        channels[id] = nil
        turns.remove(id)
    }

    /// Whether ``giveWay()`` would close a connection.
    var canGiveWay: Bool { table.canGiveWay }

    /// Closes the connection that waited longest for its client.
    func giveWay() {
        guard let id = table.giveWay() else { return }
        channels.removeValue(forKey: id)?.close(promise: nil)
    }

    /// Tells the connection, by ``RequestEvent/turn``, when it may take the next request that has come already: after all
    /// others that wait for their turn.
    func awaitTurn(_ id: Int) {
        turns.append(id)
        scheduleTurn()
    }

    private func scheduleTurn() {
        guard !isTurnScheduled, !turns.isEmpty else { return }
        isTurnScheduled = true
        eventLoop.assumeIsolated().scheduleTask(in: TurnQueue.pause) {
            for id in self.turns.take() {
                self.channels[id]?.pipeline.syncOperations.fireUserInboundEventTriggered(RequestEvent.turn)
            }
            // The pause begins when the turn is over, so that the event loop has one, however long the turn took.
            self.isTurnScheduled = false
            self.scheduleTurn()
        }
    }

    /// The event loop must outlive this profile.
    func keep(_ profile: EventLoopFuture<Result<CPUProfile, ProfileError>>) {
        profilesEnd = .andAllComplete([profilesEnd, profile.map { _ in }], on: eventLoop)
    }

    /// Closes every connection, whatever it does.
    func closeAll() {
        for channel in channels.values { channel.close(promise: nil) }
    }
}

/// Says that there is no place, and closes.
final class ConnectionRefusal: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    static let text = """
        HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 40\r\n\
        Retry-After: 1\r\nConnection: close\r\n\r\nevery connection is taken by a profile.\n
        """

    func channelActive(context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(string: Self.text))).assumeIsolated()
            .whenComplete { _ in context.close(promise: nil) }
    }
}
