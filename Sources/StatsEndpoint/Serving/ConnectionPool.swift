import NIOCore
import StatsModel

/// The state shared by all connections of one run. Use it on their event loop only.
final class ConnectionPool {
    struct Limits {
        /// The time limit from the first byte of a request, or from connecting, to the end of the request.
        var request: TimeAmount
        /// The time limit from an answer to the next request, and for a client to receive an answer.
        var idle: TimeAmount
        var requestText: String

        init(_ configuration: StatsEndpoint.Configuration) {
            request = .nanoseconds(Nanoseconds(configuration.requestTimeout).rawValue)
            idle = .nanoseconds(Nanoseconds(configuration.idleTimeout).rawValue)
            requestText = "\(Nanoseconds(configuration.requestTimeout))"
        }
    }

    let router: EndpointRouter
    let profiler: ProfileRunner
    let limits: Limits
    private let eventLoop: any EventLoop
    private var table: ConnectionTable
    private var channels: [Int: any Channel] = [:]
    private var lastID = 0
    private var turns = TurnQueue()
    private var isTurnScheduled = false
    /// Completes when every profile that was begun has ended.
    private(set) var profilesEnd: EventLoopFuture<Void>

    init(router: EndpointRouter, profiler: ProfileRunner, on eventLoop: any EventLoop) {
        self.router = router
        self.profiler = profiler
        self.eventLoop = eventLoop
        limits = Limits(router.configuration)
        table = ConnectionTable(limit: router.configuration.maximumConnections)
        profilesEnd = eventLoop.makeSucceededVoidFuture()
    }

    var count: Int { table.count }

    /// Sets up a connection on an accepted channel, or refuses it.
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

    /// Closes the connection that has waited longest for its client.
    func giveWay() {
        guard let id = table.giveWay() else { return }
        channels.removeValue(forKey: id)?.close(promise: nil)
    }

    /// Queues the connection behind all others that wait. ``RequestEvent/turn`` then lets it take its next request, which has
    /// arrived already.
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
            // The pause begins after the turn, so that the event loop gets one, however long the turn took.
            self.isTurnScheduled = false
            self.scheduleTurn()
        }
    }

    /// Keeps the event loop alive until this profile ends.
    func keep(_ profile: EventLoopFuture<Result<CPUProfile, ProfileError>>) {
        profilesEnd = .andAllComplete([profilesEnd, profile.map { _ in }], on: eventLoop)
    }

    /// Closes every connection, whatever its state.
    func closeAll() {
        for channel in channels.values { channel.close(promise: nil) }
    }
}

/// Answers that the server is full, and closes the connection.
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
