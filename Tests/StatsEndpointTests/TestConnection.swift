import Foundation
import NIOCore
import NIOEmbedded
import StatsClient
import StatsModel

@testable import StatsEndpoint

/// A connection without a socket, on an event loop whose time the test moves.
final class TestConnection {
    /// Completes writes only when the test says so, as the system does for a client that does not read.
    final class Network: ChannelOutboundHandler {
        typealias OutboundIn = IOData
        typealias OutboundOut = IOData
        var isBlocked = false
        private var waiting: [EventLoopPromise<Void>?] = []

        func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
            guard isBlocked else { return context.write(data, promise: promise) }
            waiting.append(promise)
            context.write(data, promise: nil)
        }

        func unblock() {
            isBlocked = false
            complete()
        }

        /// What was written so far has left.
        func complete() {
            let done = waiting
            waiting = []
            for promise in done { promise?.succeed() }
        }

        func handlerRemoved(context: ChannelHandlerContext) {
            for promise in waiting { promise?.fail(ChannelError.ioOnClosedChannel) }
            waiting = []
        }
    }

    let channel: EmbeddedChannel
    let network = Network()
    let pool: ConnectionPool
    private let client: StatsClient

    init(_ configure: (inout StatsEndpoint.Configuration) -> Void = { _ in }) throws {
        channel = EmbeddedChannel()
        client = try StatsClient(destination: .udp(host: "127.0.0.1", port: 9))
        var configuration = StatsEndpoint.Configuration()
        configure(&configuration)
        pool = ConnectionPool(
            router: EndpointRouter(client: client, configuration: configuration), profiler: ProfileRunner(),
            on: channel.embeddedEventLoop)
        try connect()
    }

    /// One more connection to the same server, on the same event loop.
    init(beside other: TestConnection) throws {
        channel = EmbeddedChannel(loop: other.channel.embeddedEventLoop)
        (client, pool) = (other.client, other.pool)
        try connect()
    }

    private func connect() throws {
        try channel.pipeline.syncOperations.addHandler(network)
        try pool.accept(channel)
        channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
    }

    deinit {
        _ = try? channel.finish(acceptAlreadyClosed: true)
        _ = try? client.shutdownBlocking()
    }

    func send(_ text: String) { send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) { _ = try? channel.writeInbound(ByteBuffer(bytes: bytes)) }

    func endInput() { channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed) }

    /// The next turn of connections whose next request has come already.
    func turn() { advance(by: TurnQueue.pause) }

    func advance(by time: TimeAmount) { channel.embeddedEventLoop.advanceTime(by: time) }

    /// What was sent since the last time.
    func output() -> String {
        var text = ""
        while let data = try? channel.readOutbound(as: IOData.self) {
            if case .byteBuffer(let buffer) = data { text += String(buffer: buffer) }
        }
        return text
    }

    /// The status codes of the answers since the last time.
    func statuses() -> [Int] {
        output().components(separatedBy: "HTTP/1.1 ").dropFirst().compactMap { Int($0.prefix(3)) }
    }

    var isOpen: Bool { channel.isActive }
}
