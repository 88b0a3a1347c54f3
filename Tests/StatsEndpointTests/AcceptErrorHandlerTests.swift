import Foundation
import NIOCore
import NIOEmbedded
import Testing

@testable import StatsEndpoint

/// A listening socket in a process that has no file descriptor for a connection.
struct AcceptErrorHandlerTests {
    /// In front of the handler: how often it reads.
    final class Reads: ChannelOutboundHandler {
        typealias OutboundIn = any Channel
        var count = 0
        func read(context: ChannelHandlerContext) { count += 1 }
    }

    /// Behind the handler: which failures it hands on.
    final class Failures: ChannelInboundHandler {
        typealias InboundIn = any Channel
        var numbers: [Int32] = []
        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            numbers.append((error as? IOError)?.errnoCode ?? 0)
        }
    }

    private let connections: [TestConnection]
    private let listener: EmbeddedChannel
    private let reads = Reads()
    private let failures = Failures()

    init() throws {
        let first = try TestConnection()
        connections = [first] + (try (0..<2).map { _ in try TestConnection(beside: first) })
        listener = EmbeddedChannel(loop: first.channel.embeddedEventLoop)
        for handler in [reads, AcceptErrorHandler(pool: first.pool), failures] as [any ChannelHandler] {
            try listener.pipeline.syncOperations.addHandler(handler)
        }
    }

    private func fail(_ number: Int32) {
        listener.pipeline.fireErrorCaught(IOError(errnoCode: number, reason: "accept"))
        listener.read()
    }

    private var open: [Bool] { connections.map(\.isOpen) }

    @Test("each failure closes the connection that waited longest, and then it accepts again", arguments: [EMFILE, ENFILE])
    func relief(number: Int32) {
        connections[0].send(ConnectionTests.get)
        for closed in [1, 2, 0] {
            let before = open
            let count = reads.count
            fail(number)
            #expect(open == before && reads.count == count, "requests that have come are answered first")
            connections[0].advance(by: AcceptErrorHandler.pause)
            var after = before
            after[closed] = false
            #expect(open == after && reads.count == count + 1)
        }
        #expect(failures.numbers == [])
        fail(number)
        #expect(failures.numbers == [number], "nobody is left to give way")
    }

    @Test("where a connection closes by itself meanwhile, no other is closed")
    func meanwhile() {
        fail(EMFILE)
        connections[2].channel.close(promise: nil)
        connections[0].advance(by: AcceptErrorHandler.pause)
        #expect(open == [true, true, false] && reads.count == 1)
    }

    @Test("other failures are not for it, and one whose socket closed does nothing later")
    func others() {
        fail(ECONNABORTED)
        fail(ENOBUFS)
        #expect(failures.numbers == [ECONNABORTED, ENOBUFS] && reads.count == 2)
        fail(EMFILE)
        listener.pipeline.fireChannelInactive()
        connections[0].advance(by: .seconds(1))
        #expect(open == [true, true, true] && reads.count == 2)
    }
}
