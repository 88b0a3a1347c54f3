import NIOCore
import NIOHTTP1
import StatsModel

/// One connection: takes its requests one after another from the decoder, and answers each before the next.
///
/// Every stage except profiling has a time limit, on the event loop's clock.
final class Connection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private enum Stage {
        /// Between requests.
        case idle
        case receiving
        case profiling(ProfileRun)
        case sending
        /// An answer was sent and a part of the next request has arrived. The connection waits for its turn.
        case queued
        /// The last answer was sent. Further bytes from the client are discarded until it closes.
        case lingering
        case closed
    }

    /// The time that a client has to close after the last answer.
    static let lingering = TimeAmount.seconds(2)

    private let id: Int
    private let pool: ConnectionPool
    private let gate: RequestGate
    private var stage = Stage.idle
    private var timer: Scheduled<Void>?
    private var request: HTTPRequestHead?
    /// Whether the connection closes after the current answer.
    private var isLast = false
    /// Whether the client closed its sending side.
    private var inputIsClosed = false

    init(id: Int, pool: ConnectionPool, gate: RequestGate) {
        self.id = id
        self.pool = pool
        self.gate = gate
    }

    /// Adds the gate, the coders and a connection to a new channel. Call it on the channel's event loop.
    static func configure(_ channel: any Channel, id: Int, pool: ConnectionPool) throws {
        let gate = RequestGate()
        let handlers = channel.pipeline.syncOperations
        try handlers.addHandler(gate)
        try handlers.addHandler(HTTPResponseEncoder())
        try handlers.addHandler(ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)))
        try handlers.addHandler(Connection(id: id, pool: pool, gate: gate))
    }

    // MARK: Arrived events

    func channelActive(context: ChannelHandlerContext) {
        // A new client is about to send a request, so it gets the time of a client that is sending one.
        enter(.idle, for: pool.limits.request, context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        if case .profiling(let run) = stage { run.cancel() }
        enter(.closed, for: nil, context)
        pool.remove(id)
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .receiving = stage else { return }
        switch unwrapInboundIn(data) {
        case .head(let head): receive(head, context)
        case .body: break
        case .end:
            gate.requestIsComplete()
            answer(context)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case RequestEvent.began: enter(.receiving, for: pool.limits.request, context)
        case RequestEvent.refused(.uriTooLong):
            refuse(.uriTooLong, "the request line is longer than \(RequestBudget.headLimit) bytes", context)
        case RequestEvent.refused(.headerFieldsTooLarge):
            refuse(
                .requestHeaderFieldsTooLarge, "the header fields take more than \(RequestBudget.headLimit) bytes", context)
        case RequestEvent.refused(.contentTooLarge):
            refuse(.payloadTooLarge, "the body is longer than \(RequestBudget.bodyLimit) bytes; none is needed", context)
        case RequestEvent.turn: takeTurn(context)
        case RequestEvent.full: handleFullGate(context)
        case RequestEvent.inputEnded:
            inputIsClosed = true
            handleEndOfInput(context)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    /// The client waits for no profile any more, so the profile is cancelled. An answer that is being sent is still completed.
    private func handleEndOfInput(_ context: ChannelHandlerContext) {
        switch stage {
        case .idle, .receiving, .profiling, .lingering: context.close(promise: nil)
        case .sending, .queued, .closed: break
        }
    }

    /// The gate stops reading from a client that sends too much ahead, so its disconnection would go unnoticed. It gets no
    /// profile.
    private func handleFullGate(_ context: ChannelHandlerContext) {
        guard case .profiling(let run) = stage else { return }
        run.cancel()
        refuse(.payloadTooLarge, "too much follows the request for a profile; wait for it first", context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard !(error is IOError) else { return context.close(promise: nil) }
        switch stage {
        case .idle, .receiving:
            switch error as? HTTPParserError {
            case .headerOverflow?:
                refuse(.requestHeaderFieldsTooLarge, "the request has too many header fields", context)
            // The decoder reports this as an invalid version.
            case .invalidVersion? where gate.endsInBareLineFeed:
                refuse(.badRequest, "the request line ends in a line feed without a carriage return", context)
            case .invalidVersion?: refuse(.httpVersionNotSupported, "there are HTTP/1.0 and HTTP/1.1", context)
            default: refuse(.badRequest, "the request is malformed", context)
            }
        // The bytes follow a complete request, whose answer becomes the last.
        case .profiling, .sending, .queued: isLast = true
        case .lingering, .closed: break
        }
    }

    private func timeIsUp(_ context: ChannelHandlerContext) {
        switch stage {
        case .receiving: refuse(.requestTimeout, "the request took longer than \(pool.limits.requestText)", context)
        case .idle, .sending, .lingering: context.close(promise: nil)
        case .profiling, .queued, .closed: break
        }
    }

    // MARK: Requests and answers

    private func receive(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        gate.headIsComplete()
        request = head
        let length = head.headers.first(name: "Content-Length").flatMap { Int($0) } ?? 0
        let hasBody = length > 0 || head.headers.contains(name: "Transfer-Encoding")
        // After a body or a protocol change the decoder's next request cannot be trusted.
        isLast = hasBody || !head.isKeepAlive || head.headers.contains(name: "Upgrade") || head.method == .CONNECT
        if length > RequestBudget.bodyLimit {
            refuse(.payloadTooLarge, "the body is longer than \(RequestBudget.bodyLimit) bytes; none is needed", context)
        } else if hasBody, head.headers.contains(name: "Expect") {
            // The client waits for permission to send a body. No body is used, so the answer is sent at once.
            gate.discard()
            answer(context)
        }
    }

    private func answer(_ context: ChannelHandlerContext) {
        guard let request else { return }
        switch pool.router.answer(request) {
        case .reply(let reply): send(reply, context)
        case .profile(let time):
            let promise = context.eventLoop.makePromise(of: Result<CPUProfile, ProfileError>.self)
            do throws(ProfileError) {
                let run = try pool.profiler.begin(for: time, frequency: pool.router.configuration.profileFrequency) {
                    promise.succeed($0)
                }
                pool.keep(promise.futureResult)
                enter(.profiling(run), for: nil, context)
                if gate.isFull { return handleFullGate(context) }
            } catch {
                promise.succeed(.failure(error))
                return send(pool.router.reply(.failure(error)), context)
            }
            promise.futureResult.assumeIsolated().whenSuccess { result in
                guard case .profiling = self.stage else { return }
                self.send(self.pool.router.reply(result), context)
            }
        }
    }

    /// Sends the last answer of a connection.
    private func refuse(_ status: HTTPResponseStatus, _ text: String, _ context: ChannelHandlerContext) {
        gate.discard()
        isLast = true
        send(.sentence(status, text), context)
    }

    private func send(_ reply: Reply, _ context: ChannelHandlerContext) {
        enter(.sending, for: pool.limits.idle, context)
        let head = reply.head(version: request?.version ?? .http1_1, isLast: isLast)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if request?.method != .HEAD {
            let body = context.channel.allocator.buffer(string: reply.body)
            context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil))).assumeIsolated().whenComplete { result in
            guard case .sending = self.stage else { return }
            switch result {
            case .success: self.answerWasSent(context)
            case .failure: context.close(promise: nil)
            }
        }
    }

    private func answerWasSent(_ context: ChannelHandlerContext) {
        request = nil
        if isLast { return linger(context) }
        if gate.holdsBytes {
            enter(.queued, for: nil, context)
            pool.awaitTurn(id)
        } else {
            takeNext(context)
        }
    }

    private func takeTurn(_ context: ChannelHandlerContext) {
        guard case .queued = stage else { return }
        takeNext(context)
    }

    private func takeNext(_ context: ChannelHandlerContext) {
        enter(.idle, for: pool.limits.idle, context)
        gate.release()
        // Requests that came together with the end of input are answered. There is no second notification of the end.
        if inputIsClosed { handleEndOfInput(context) }
    }

    private func linger(_ context: ChannelHandlerContext) {
        gate.discard()
        if inputIsClosed { return context.close(promise: nil) }
        enter(.lingering, for: Self.lingering, context)
        context.close(mode: .output).assumeIsolated().whenFailure { _ in context.close(promise: nil) }
    }

    private func enter(_ next: Stage, for time: TimeAmount?, _ context: ChannelHandlerContext) {
        timer?.cancel()
        timer = nil
        stage = next
        switch next {
        // A connection that sent its last answer is closed as early as an idle one.
        case .idle, .lingering: pool.move(id, to: .idle)
        case .receiving, .queued: pool.move(id, to: .receiving)
        case .profiling: pool.move(id, to: .profiling)
        case .sending: pool.move(id, to: .sending)
        case .closed: break
        }
        guard let time else { return }
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: time) { self.timeIsUp(context) }
    }
}
