import FlyingSocks
import Foundation
import StatsClient
import SystemIO
import Testing

@testable import StatsEndpoint

/// What the server waits with.
struct PollQueueTests {
    /// The lowest number that a new descriptor gets tells how many are open, those of other tests at this moment
    /// included: a few hundred.
    static func nextDescriptor() -> Int32 {
        let descriptor = unsafe open("/dev/null", O_RDONLY)
        close(descriptor)
        return descriptor
    }

    static func pair() throws -> (Socket, Socket) {
        var ends: [Int32] = [-1, -1]
        // Writes two numbers into an array of two.
        let result = unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends)
        try #require(result == 0)
        return (Socket(file: .init(rawValue: ends[0])), Socket(file: .init(rawValue: ends[1])))
    }

    @Test("a socket that is ready is told, with what was asked of it alone")
    func ready() throws {
        var queue = PollQueue()
        try queue.open()
        let (one, other) = try Self.pair()
        defer { try? other.close() }
        try queue.addEvents([.read], for: one.file)
        // The first answer may only be that something was added.
        _ = try other.write(Data([1]))
        var told = try queue.getNotifications()
        while told.isEmpty { told = try queue.getNotifications() }
        #expect(told == [EventNotification(file: one.file, events: [.read], errors: [])])
        try queue.addEvents([.write], for: one.file)
        told = try queue.getNotifications()
        #expect(told.first?.events == [.read, .write])
        try queue.removeEvents([.read], for: one.file)
        told = try queue.getNotifications()
        #expect(told.first?.events == [.write])
        try queue.removeEvents([.write], for: one.file)
        try queue.addEvents([.read], for: other.file)
        try one.close()
        told = try queue.getNotifications()
        while told.isEmpty { told = try queue.getNotifications() }
        #expect(told.first?.file == other.file && told.first?.events == [.read], "its end is read")
        try queue.stop()
        #expect(throws: SocketError.disconnected) { try queue.getNotifications() }
        #expect(throws: SocketError.disconnected) { try queue.addEvents([.read], for: other.file) }
        try queue.close()
    }

    @Test("stopping wakes whoever waits, and every descriptor comes back")
    func stopping() throws {
        let before = Self.nextDescriptor()
        for _ in 0..<2000 {
            var queue = PollQueue()
            try queue.open()
            let waiter = queue
            let (one, other) = try Self.pair()
            try queue.addEvents([.read], for: one.file)
            let isAwake = DispatchSemaphore(value: 0)
            Thread.detachNewThread {
                while (try? waiter.getNotifications()) != nil {}
                isAwake.signal()
            }
            try queue.stop()
            try queue.close()
            #expect(isAwake.wait(timeout: .now() + 20) == .success)
            try one.close()
            try other.close()
        }
        #expect(Self.nextDescriptor() < before + 1000, "not one for each round")
    }

    @Test("a server that starts and ends many times keeps no descriptor")
    func serving() async throws {
        let client = try StatsClient(destination: .udp(host: "127.0.0.1", port: 9))
        let endpoint = try StatsEndpoint(client: client, configuration: .init(port: 0))
        let before = Self.nextDescriptor()
        for _ in 0..<800 {
            let running = Task { try await endpoint.run() }
            _ = try await endpoint.waitUntilListening()
            await endpoint.stop()
            try await running.value
        }
        #expect(Self.nextDescriptor() < before + 600, "not one for each round")
        _ = await client.shutdown()
    }
}
