import StatsModel
import Synchronization
public import SystemIO

/// The stats client for a service. It records from any thread or task, and sends from one thread of its own.
///
///     let client = try StatsClient(destination: Destination(parsing: "127.0.0.1:8125"))
///     let requests = client.counter("http.requests", tags: ["env": "prod"])
///     requests.increment()
///
/// Recording on a handle never waits and allocates nothing: a number, a value and a time go into the calling thread's ring. If
/// the ring is full, the result says so, and the event counts as lost under its cause. The accounting is exact to the event:
/// recorded = sent + dropped (``ledger``, ``sent``). Events of one thread keep their order. So do its events with texts (sets,
/// events, service checks) among themselves.
///
/// End a client with ``shutdown(within:)``. A client that is released without it sends its waiting events within a second, in the
/// background.
///
/// After `fork()` the client goes on in the parent. In the child it refuses everything as `client_forked`, and ``flush()`` and
/// ``shutdown(within:)`` return at once. Events that waited at the fork, and the sockets, belong to the parent, which sends the
/// events. A child that wants to send creates a client of its own. As in every child of a process with threads, code that was
/// never called before the fork may find a lock of the Swift runtime held by a thread that does not exist there.
public final class StatsClient: Sendable {
    let core: LiveCore
    /// The configuration that the client was created with.
    public let configuration: Configuration
    /// The receiver's address.
    public let destination: Destination
    /// The address for second copies, if there is one.
    public let secondDestination: Destination?

    /// Starts the worker. Nothing is sent, resolved or connected before there is something to send. If connecting fails, it is
    /// tried again after pauses that double from 0.1 s to 60 s. Packets meanwhile count as `send_failed`.
    ///
    /// - Parameter secondDestination: the address for second copies (``Configuration/redundancy``), which also gets the client's
    ///   reports. Without it, second copies go to the first destination.
    ///
    /// Throws ``ConfigurationError``, or ``SystemError`` if no thread or descriptor is left.
    public convenience init(
        configuration: Configuration = Configuration(), destination: Destination, secondDestination: Destination? = nil
    ) throws {
        try self.init(
            configuration: configuration, destination: destination, secondDestination: secondDestination,
            connector: .system)
    }

    /// The same for a host and a port over UDP: `StatsClient(host: "127.0.0.1")`.
    ///
    /// - Parameter host: a name or an address; one of IPv6 without brackets
    ///
    /// Throws ``DestinationError`` if the host is empty or the port is 0, and the errors of
    /// ``init(configuration:destination:secondDestination:)``.
    public convenience init(host: String, port: UInt16 = 8125, configuration: Configuration = Configuration()) throws {
        let text = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        try self.init(configuration: configuration, destination: try Destination(parsing: text))
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
        // The runtime looks up the tables of a generic type at its first use, with a lock that may be held forever in a child
        // of a fork. Code that runs in the child is therefore called once before.
        _ = report
    }

    deinit { close(within: .seconds(1)) }

    /// The number of this client's session at the receiver. Each client draws a new one.
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

    /// Waits until every event that the calling thread recorded before was handed to the system or counted as lost. It does not
    /// wait for an open circuit breaker. Events behind it stay in the buffer.
    ///
    /// For threads. Tasks use ``flush()``.
    public func flushBlocking() throws(SystemError) {
        if core.isForked { return }
        let spot = try ParkingSpot()
        if addWaiter(.thread(spot), isClose: false) { while !spot.park(timeout: nil) {} }
    }

    /// The same for tasks, without blocking a thread.
    public nonisolated(nonsending) func flush() async {
        await withCheckedContinuation { continuation in
            if !addWaiter(.task(continuation), isClose: false) { continuation.resume() }
        }
    }

    /// Closes the client and reports on all recorded events. From now on events are refused (`client_closed`). Waiting events and
    /// the closing packets are sent for at most `time`. Events that the system has not taken by then count as `send_failed`. A
    /// second call waits for the first.
    ///
    /// In a child after `fork()` the report holds what was known at the fork, and the refusals since then.
    public nonisolated(nonsending) func shutdown(within time: Duration = .seconds(5)) async -> DeliveryReport {
        close(within: time)
        await withCheckedContinuation { continuation in
            if !addWaiter(.task(continuation), isClose: true) { continuation.resume() }
        }
        return report
    }

    /// The same for threads.
    public func shutdownBlocking(within time: Duration = .seconds(5)) throws(SystemError) -> DeliveryReport {
        if core.isForked { return report }
        let spot = try ParkingSpot()
        close(within: time)
        if addWaiter(.thread(spot), isClose: true) { while !spot.park(timeout: nil) {} }
        return report
    }

    /// Adds a waiter for the worker. False if the worker has ended, or belongs to another process.
    private func addWaiter(_ waiter: LiveWaiter, isClose: Bool) -> Bool {
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
