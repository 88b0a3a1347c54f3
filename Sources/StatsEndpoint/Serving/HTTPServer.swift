import NIOCore
import NIOPosix
import StatsModel
import Synchronization
import SystemIO

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Why a server cannot run.
enum HTTPServerError: Error, Equatable, CustomStringConvertible {
    case alreadyRunning
    case noDescriptors
    case notListening

    var description: String {
        switch self {
        case .alreadyRunning: "the endpoint runs already"
        case .noDescriptors: "the process has no file descriptors left for the endpoint (EMFILE)"
        case .notListening: "the endpoint does not listen yet"
        }
    }
}

/// Listens and serves on a thread of its own, which exists while it runs. Nothing runs on the threads of Swift's concurrency.
final class HTTPServer: Sendable {
    private let router: EndpointRouter
    let profiler: ProfileRunner
    let phases = Mutex(ServerPhases())

    /// How long to wait before listening again after the listening socket failed.
    private static let pause = Duration.milliseconds(100)
    /// The length of the system's queue of connections that are not accepted yet.
    private static let backlog = 128
    /// Descriptors for the event loop (3) and for listening (1), with a reserve.
    private static let neededDescriptors = 8

    init(router: EndpointRouter, profiler: ProfileRunner) {
        self.router = router
        self.profiler = profiler
    }

    /// Serves until ``requestStop()`` is called or the task is cancelled. Throws if it cannot start. If descriptors for
    /// connections run out later, connections are accepted later.
    func run() async throws {
        guard phases.withLock({ $0.begin() }) else { throw HTTPServerError.alreadyRunning }
        let result: Result<Void, any Error>
        do {
            try await withTaskCancellationHandler { try await serve() } onCancel: { requestStop() }
            result = .success(())
        } catch {
            result = .failure(error)
        }
        let (ends, ports) = phases.withLock { phases in
            if case .failure = result { phases.end(failed: true) } else { phases.end(failed: false) }
        }
        for waiter in ends { waiter.resume() }
        if case .failure(let error) = result { for waiter in ports { waiter.resume(throwing: error) } }
        try result.get()
    }

    private func serve() async throws {
        // NIO's event loop ends the process if the system refuses it a descriptor.
        guard DescriptorReserve.has(Self.neededDescriptors) else { throw HTTPServerError.noDescriptors }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let result: Result<Void, any Error>
        do {
            try await serve(on: group)
            result = .success(())
        } catch {
            result = .failure(error)
        }
        try await group.shutdownGracefully()
        try result.get()
    }

    private func serve(on group: MultiThreadedEventLoopGroup) async throws {
        let eventLoop = group.next()
        let pool = try await eventLoop.submit { [router, profiler] in
            NIOLoopBound(ConnectionPool(router: router, profiler: profiler, on: eventLoop), eventLoop: eventLoop)
        }.get()
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: Int32(Self.backlog))
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            // Without a free descriptor accepting fails even if no connection waits, so each event makes a single attempt.
            .serverChannelOption(.maxMessagesPerRead, value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try Self.closeOnExec(channel)
                    try channel.pipeline.syncOperations.addHandler(AcceptErrorHandler(pool: pool.value))
                }
            }
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: RequestGate.readLimit))
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try Self.closeOnExec(channel)
                    try pool.value.accept(channel)
                }
            }
        var address = try router.configuration.socketAddress()
        var isFirst = true
        while !phases.withLock({ $0.isStopping }) {
            do {
                let channel = try await bootstrap.bind(to: address).get()
                // If the configured port is 0, a restarted listener must use the same port again.
                if let bound = channel.localAddress { address = bound }
                await serve(on: channel)
            } catch where isFirst {
                throw error
            } catch {}
            isFirst = false
            // This point is reached without a stop only if the listening socket itself failed.
            if !phases.withLock({ $0.isStopping }) { try? await Task.sleep(for: Self.pause) }
        }
        try await eventLoop.flatSubmit {
            pool.value.closeAll()
            return pool.value.profilesEnd
        }.get()
    }

    /// No program that this process starts inherits the socket. NIO makes and accepts its sockets without SOCK_CLOEXEC, so a
    /// program that another thread starts within these microseconds may. On the channel's event loop.
    private static func closeOnExec(_ channel: any Channel) throws {
        _ = try channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { socket in
            _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
        }
    }

    /// Returns when the listening channel closes.
    private func serve(on channel: any Channel) async {
        let port = UInt16(clamping: channel.localAddress?.port ?? 0)
        guard let waiters = phases.withLock({ $0.listen(channel, port: port) }) else {
            try? await channel.close()
            return
        }
        for waiter in waiters { waiter.resume(returning: port) }
        try? await channel.closeFuture.get()
        phases.withLock { $0.stopListening() }
    }

    /// Makes ``run()`` end soon.
    func requestStop() {
        phases.withLock { $0.stop() }?.close(promise: nil)
        profiler.cancel()
    }

    /// Ends ``run()``, and waits until everything is closed.
    func stop() async {
        requestStop()
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            if !phases.withLock({ $0.waitForEnd(continuation) }) { continuation.resume() }
        }
    }

    /// Waits until the server listens. Returns the port.
    func waitUntilListening(timeout: Duration) async throws -> UInt16 {
        try await withThrowingTaskGroup(of: UInt16.self) { group in
            group.addTask { try await self.port() }
            group.addTask {
                try await Task.sleep(for: timeout)
                throw HTTPServerError.notListening
            }
            defer { group.cancelAll() }
            guard let port = try await group.next() else { throw HTTPServerError.notListening }
            return port
        }
    }

    private func port() async throws -> UInt16 {
        let waiter = phases.withLock { $0.makeWaiter() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                if let port = phases.withLock({ $0.wait(waiter, continuation) }) {
                    continuation.resume(returning: port)
                } else if Task.isCancelled {
                    // The task may have been cancelled before the continuation was stored.
                    giveUp(waiter)
                }
            }
        } onCancel: {
            giveUp(waiter)
        }
    }

    private func giveUp(_ waiter: Int) {
        phases.withLock { $0.removeWaiter(waiter) }?.resume(throwing: CancellationError())
    }
}
