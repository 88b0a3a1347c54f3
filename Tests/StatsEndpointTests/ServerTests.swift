import Foundation
import NIOCore
import StatsClient
import StatsModel
import Synchronization
import Testing

@testable import StatsEndpoint

/// The server under more than it has places for, over real sockets.
struct ServerTests {
    /// The lowest number that a new descriptor gets tells how many are open, those of other tests at this moment
    /// included: a few hundred.
    static func nextDescriptor() -> Int32 {
        let descriptor = unsafe open("/dev/null", O_RDONLY)
        close(descriptor)
        return descriptor
    }

    @Test("a server that starts and ends many times keeps no descriptor")
    func restarts() async throws {
        let client = try StatsClient(destination: .udp(host: "127.0.0.1", port: 9))
        let endpoint = try StatsEndpoint(client: client, configuration: .init(port: 0))
        let before = Self.nextDescriptor()
        for _ in 0..<400 {
            let running = Task { try await endpoint.run() }
            _ = try await endpoint.waitUntilListening()
            await endpoint.stop()
            try await running.value
        }
        #expect(Self.nextDescriptor() < before + 600, "not one for each round")
        _ = await client.shutdown()
    }

    @Test("a run that is cancelled or stopped before it listens ends, and a second one beside it is refused")
    func early() async throws {
        let client = try StatsClient(destination: .udp(host: "127.0.0.1", port: 9))
        let endpoint = try StatsEndpoint(client: client, configuration: .init(port: 0))
        for _ in 0..<20 {
            let running = Task { try await endpoint.run() }
            running.cancel()
            try await running.value
        }
        let running = Task { try await endpoint.run() }
        _ = try await endpoint.waitUntilListening()
        await #expect(throws: HTTPServerError.alreadyRunning) { try await endpoint.run() }
        await endpoint.stop()
        try await running.value
        await endpoint.stop()
        _ = await client.shutdown()
    }

    @Test("idle connections keep nobody out: the one that waited longest gives way")
    func idle() async throws {
        try await withEndpoint { _, endpoint in
            endpoint.maximumConnections = 8
        } _: { endpoint, port in
            var connections: [WebClient.Connection] = []
            for _ in 0..<100 { connections.append(try WebClient.Connection(port: port)) }
            let answer = try await WebClient.request("GET", "/health", port: port)
            #expect(answer.status == 200)
            #expect(connections[0].readToEnd().isEmpty, "closed without a word")
            let held = try StatsEndpointTests.sockets(at: port)
            // Each has two ends here; those of the client stay open after the server closed its own.
            #expect(held <= 100 + 1 + 8, "\(held)")
        }
    }

    /// All descriptors but `free` are taken; gives them back when it goes.
    private final class Exhaustion {
        private var descriptors: [Int32] = []

        init(free: Int) {
            while case let descriptor = unsafe open("/dev/null", O_RDONLY), descriptor >= 0 { descriptors.append(descriptor) }
            for _ in 0..<free { close(descriptors.removeLast()) }
        }

        deinit { for descriptor in descriptors { close(descriptor) } }
    }

    private static func limitDescriptors(to count: rlim_t) {
        var limit = rlimit(rlim_cur: count, rlim_max: count)
        // Reads one value of that size.
        let result = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        precondition(result == 0, "the limit can be lowered")
    }

    @Test("a process without descriptors accepts later: nothing ends, and the connection that waited is answered")
    func descriptors() async {
        await #expect(processExitsWith: .success) {
            ServerTests.limitDescriptors(to: 128)
            let client = try StatsClient(destination: .udp(host: "127.0.0.1", port: 9))
            let endpoint = try StatsEndpoint(client: client, configuration: .init(port: 0))
            let running = Task { try await endpoint.run() }
            let port = try await endpoint.waitUntilListening()
            for _ in 0..<2 {
                var exhaustion: Exhaustion? = Exhaustion(free: 1)
                // It takes the last one, so accepting finds none.
                let connection = try WebClient.Connection(port: port)
                connection.write("GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                // The second visit of the event loop begins after the connection was there: it has tried to accept.
                for _ in 0..<3 { try await endpoint.server.listenerLoop?.submit {}.get() }
                withExtendedLifetime(exhaustion) {}
                exhaustion = nil
                let answer = try WebClient.Answer(parsing: String(decoding: connection.readToEnd(), as: UTF8.self))
                precondition(answer.status == 200, "answered when there was a descriptor again")
            }
            await endpoint.stop()
            try await running.value
            let exhaustion = Exhaustion(free: 2)
            await #expect(throws: HTTPServerError.noDescriptors) { try await endpoint.run() }
            withExtendedLifetime(exhaustion) {}
            exit(0)
        }
    }

    @Test("a process without descriptors closes the connection that waited longest, and answers the new one")
    func relief() async {
        await #expect(processExitsWith: .success) {
            ServerTests.limitDescriptors(to: 128)
            let client = try StatsClient(destination: .udp(host: "127.0.0.1", port: 9))
            var configuration = StatsEndpoint.Configuration(port: 0)
            // Only what is closed for its descriptor is closed.
            configuration.requestTimeout = .seconds(600)
            let endpoint = try StatsEndpoint(client: client, configuration: configuration)
            let running = Task { try await endpoint.run() }
            let port = try await endpoint.waitUntilListening()
            var idle = try (0..<8).map { _ in try WebClient.Connection(port: port) }
            idle.last?.write("GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
            precondition(idle.last?.read() != nil, "so the others are accepted as well")
            let exhaustion = Exhaustion(free: 1)
            // It takes the last one, so accepting finds none.
            let connection = try WebClient.Connection(port: port, patience: 30)
            connection.write("GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            let answer = try WebClient.Answer(parsing: String(decoding: connection.readToEnd(), as: UTF8.self))
            precondition(answer.status == 200, "answered while the process has none")
            withExtendedLifetime(exhaustion) {}
            precondition(idle.removeFirst().readToEnd().isEmpty, "closed without a word")
            for connection in idle { connection.write("GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n") }
            for connection in idle {
                let answer = try WebClient.Answer(parsing: String(decoding: connection.readToEnd(), as: UTF8.self))
                precondition(answer.status == 200, "the others stay")
            }
            await endpoint.stop()
            try await running.value
            exit(0)
        }
    }

    @Test("a listening socket that fails is opened again at the same port")
    func listener() async throws {
        try await withEndpoint { endpoint, port in
            for _ in 0..<3 {
                try await endpoint.server.closeListener()
                let again = try await endpoint.waitUntilListening()
                #expect(again == port)
                let answer = try await WebClient.request("GET", "/health", port: port)
                #expect(answer.status == 200)
            }
        }
    }

    @Test("a megabyte of header fields is answered with 431, which its client can read", arguments: [100_000, 1_000_000])
    func headerBomb(count: Int) async throws {
        try await withEndpoint { _, port in
            let bomb = "GET /metrics HTTP/1.1\r\nHost: x\r\nX: \(String(repeating: "x", count: count))\r\n\r\n"
            let answer = try WebClient.Answer(parsing: try await WebClient.send(bomb, port: port))
            #expect(answer.status == 431 && answer.headers["connection"] == "close")
            let next = try await WebClient.request("GET", "/health", port: port)
            #expect(next.status == 200)
        }
    }

    @Test("a client that ends its side after its requests gets all answers")
    func halfClosed() async throws {
        try await withEndpoint { _, port in
            let connection = try WebClient.Connection(port: port)
            let one = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"
            connection.write(one + one + one)
            connection.endInput()
            let text = await onThread { String(decoding: connection.readToEnd(), as: UTF8.self) }
            #expect(text.components(separatedBy: "HTTP/1.1 200").count == 4)
        }
    }

    @Test("clients that read nothing leave the service's threads and other clients alone")
    func slowReaders() async throws {
        try await withEndpoint { endpoint, port in
            let many = String(repeating: "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", count: 400)
            let slow = try (0..<4).map { _ in try WebClient.Connection(port: port) }
            for connection in slow { connection.write(many) }
            for _ in 0..<20 {
                let answer = try await WebClient.request("GET", "/metrics", port: port)
                #expect(answer.status == 200)
            }
            withExtendedLifetime(slow) {}
        }
    }

    /// Connections that send requests ahead, and a thread for each that reads what comes.
    private final class ThreadCountdown: Sendable {
        static let requests = 1700
        private let connections: [WebClient.Connection]
        private let counts: [Counter]

        private final class Counter: Sendable {
            let value = Atomic(0)
        }

        init(_ count: Int, port: UInt16) throws {
            connections = try (0..<count).map { _ in try WebClient.Connection(port: port) }
            counts = connections.map { _ in Counter() }
            let text = String(repeating: "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", count: Self.requests)
            for (connection, counter) in zip(connections, counts) {
                Thread.detachNewThread {
                    connection.write(text)
                    while let bytes = connection.read() {
                        // The carriage return in front of the first header field, once for each answer.
                        let answers = String(decoding: bytes, as: UTF8.self).components(separatedBy: " 200 OK\r\n").count - 1
                        counter.value.add(answers, ordering: .relaxed)
                    }
                }
            }
        }

        /// Answers that each has read; one that was cut in two by reading is not counted.
        var answers: [Int] { counts.map { $0.value.load(ordering: .relaxed) } }

        func waitForAnswers() async {
            while answers.contains(0) { await Task.yield() }
        }
    }

    /// What one read of 16 KiB brings: a server that works it off at once has sent more answers by then.
    private static let oneRead = RequestGate.readLimit / "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n".utf8.count

    @Test("clients that send thousands of requests ahead keep nobody waiting, and no end either")
    func pipelining() async throws {
        let client = try StatsClient(destination: .udp(host: "127.0.0.1", port: 9))
        let endpoint = try StatsEndpoint(client: client, configuration: .init(port: 0))
        let running = Task { try await endpoint.run() }
        let port = try await endpoint.waitUntilListening()
        let countdown = try ThreadCountdown(12, port: port)
        await countdown.waitForAnswers()
        let answer = try await WebClient.request("GET", "/metrics", port: port)
        let during = countdown.answers
        #expect(answer.status == 200)
        #expect(during.allSatisfy { $0 < Self.oneRead * 3 / 4 }, "\(during)")
        running.cancel()
        try await running.value
        let after = countdown.answers
        #expect(after.allSatisfy { $0 < Self.oneRead * 3 / 4 }, "\(after)")
        _ = await client.shutdown()
    }

    private func onThread<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: body()) }
        }
    }
}
