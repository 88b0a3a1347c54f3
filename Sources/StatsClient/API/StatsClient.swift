import StatsModel
import Synchronization
public import SystemIO

/// The stats client for a service: records from any thread or task, and sends from one thread of its own.
///
///     let client = try StatsClient(destination: Destination(parsing: "127.0.0.1:8125"))
///     let requests = client.counter("http.requests", tags: ["env": "prod"])
///     requests.increment()
///
/// Recording on a handle never waits and allocates nothing: a number, a value and a time go into the calling thread's
/// ring. Where that is full the answer says so, and the event is counted under its cause: recorded = sent + dropped,
/// to the event (``ledger``, ``sent``). Events of one thread keep their order, texts (sets, events, service checks)
/// among themselves.
///
/// It ends with ``shutdown(within:)``; a client that merely goes sends what it has within a second, in the background.
///
/// After `fork()` it goes on in the parent. In the child it only refuses, as `client_forked`, and ``flush()`` and
/// ``shutdown(within:)`` return at once: what waited at the fork is the parent's, which sends it. Its sockets stay the
/// parent's. A child that is to send makes a client of its own. As in every child of a process with threads, whatever else was
/// never called before the fork may find a lock of the Swift runtime taken by a thread that is not there.
public final class StatsClient: Sendable {
    let core: LiveCore
    public let configuration: Configuration
    public let destination: Destination
    /// Where second copies go, where one is given.
    public let secondDestination: Destination?

    /// Starts the worker. Nothing is sent, resolved or connected before there is something to send; what cannot be
    /// connected then is tried again, with pauses from 0.1 s doubling to 60 s, and counted as `send_failed` meanwhile.
    ///
    /// - Parameter secondDestination: where second copies go (``Configuration/redundancy``), with the client's reports;
    ///   without one they go to the first
    ///
    /// Throws ``ConfigurationError`` or, where there is no thread or descriptor left, ``SystemError``.
    public convenience init(
        configuration: Configuration = Configuration(), destination: Destination, secondDestination: Destination? = nil
    ) throws {
        try self.init(
            configuration: configuration, destination: destination, secondDestination: secondDestination,
            connector: .system)
    }

    init(
        configuration: Configuration, destination: Destination, secondDestination: Destination? = nil,
        connector: LiveConnector
    ) throws {
        try configuration.validate()
        self.configuration = configuration
        self.destination = destination
        self.secondDestination = secondDestination
        let core = try LiveCore(configuration: configuration)
        self.core = core
        try WorkerThread.start(name: "statsclient") {
            var worker = LiveWorker(
                core: core, destination: destination, secondDestination: secondDestination, connector: connector)
            worker.run()
        }
        // The runtime looks up a generic type's tables when they are first used, under a lock that a child of a fork may find
        // taken for ever. What a child asks for was asked for once before.
        _ = report
    }

    deinit { close(within: .seconds(1)) }

    /// What numbers this client's packets at the receiver; drawn anew for each client.
    public var session: UInt64 { core.session }

    private func close(within time: Duration) {
        if core.isForked { return }
        let deadline = core.clock.now + max(.zero, Nanoseconds(time))
        core.control.withLock { control in
            switch control.phase {
            case .running: control.phase = .closing(deadline: deadline)
            case .closing, .finished: break
            }
        }
        core.setClosed()
        core.spot.wake()
    }

    /// Waits until everything that the calling thread recorded before was handed to the system or counted as lost; not for
    /// a circuit breaker that is open, behind which events stay where they are.
    /// For threads; tasks use ``flush()``.
    public func flushBlocking() throws(SystemError) {
        if core.isForked { return }
        let spot = try ParkingSpot()
        if enlist(.thread(spot), isClose: false) { while !spot.park(timeout: nil) {} }
    }

    /// The same for tasks; nothing blocks.
    public nonisolated(nonsending) func flush() async {
        await withCheckedContinuation { continuation in
            if !enlist(.task(continuation), isClose: false) { continuation.resume() }
        }
    }

    /// Refuses everything recorded from now on (`client_closed`), sends what waits and the closing packets, for `time`
    /// at most, and says what became of everything. What the system has not taken by then is counted as `send_failed`.
    /// A second call waits for the first.
    ///
    /// In a child after `fork()` it says what was known at the fork, and what was refused since.
    public nonisolated(nonsending) func shutdown(within time: Duration = .seconds(5)) async -> DeliveryReport {
        close(within: time)
        await withCheckedContinuation { continuation in
            if !enlist(.task(continuation), isClose: true) { continuation.resume() }
        }
        return report
    }

    /// The same for threads.
    public func shutdownBlocking(within time: Duration = .seconds(5)) throws(SystemError) -> DeliveryReport {
        if core.isForked { return report }
        let spot = try ParkingSpot()
        close(within: time)
        if enlist(.thread(spot), isClose: true) { while !spot.park(timeout: nil) {} }
        return report
    }

    /// False where the worker has ended, or is another process's.
    private func enlist(_ waiter: LiveWaiter, isClose: Bool) -> Bool {
        if core.isForked { return false }
        let isTaken = core.control.withLock { control in
            switch control.phase {
            case .finished: return false
            case .running, .closing:
                if isClose { control.closes.append(waiter) } else { control.flushes.append(waiter) }
                return true
            }
        }
        if isTaken { core.spot.wake() }
        return isTaken
    }
}
