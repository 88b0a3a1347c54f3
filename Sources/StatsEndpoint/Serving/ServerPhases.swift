import NIOCore

/// The phase of a server, and the continuations that wait for the next phase. Continuations are returned to the caller, which
/// resumes them outside of any lock.
struct ServerPhases {
    typealias PortWaiter = CheckedContinuation<UInt16, any Error>
    typealias EndWaiter = CheckedContinuation<Void, Never>

    private enum Phase {
        case idle
        case starting
        case listening(any Channel, port: UInt16)
    }

    private var phase = Phase.idle
    private(set) var isStopping = false
    private var portWaiters: [Int: PortWaiter] = [:]
    private var endWaiters: [EndWaiter] = []
    private var lastWaiter = 0

    /// Begins a run. Returns false if a run is active already.
    mutating func begin() -> Bool {
        guard case .idle = phase else { return false }
        (phase, isStopping) = (.starting, false)
        return true
    }

    /// Notes that the channel listens. Returns the continuations that wait for the port. nil if the run was stopped meanwhile.
    mutating func listen(_ channel: any Channel, port: UInt16) -> [PortWaiter]? {
        if isStopping { return nil }
        phase = .listening(channel, port: port)
        defer { portWaiters = [:] }
        return Array(portWaiters.values)
    }

    /// The listening channel closed.
    mutating func stopListening() { phase = .starting }

    /// Asks the run to end. Returns the channel to close, if one listens.
    mutating func stop() -> (any Channel)? {
        switch phase {
        case .idle: return nil
        case .starting:
            isStopping = true
            return nil
        case .listening(let channel, _):
            isStopping = true
            return channel
        }
    }

    /// The run has ended. Returns the continuations that wait for the end. If the run failed, those that wait for a port are
    /// returned too.
    mutating func end(failed: Bool) -> (ends: [EndWaiter], ports: [PortWaiter]) {
        phase = .idle
        defer { endWaiters = [] }
        guard failed else { return (endWaiters, []) }
        defer { portWaiters = [:] }
        return (endWaiters, Array(portWaiters.values))
    }

    var listener: (any Channel)? {
        if case .listening(let channel, _) = phase { channel } else { nil }
    }

    mutating func makeWaiter() -> Int {
        lastWaiter += 1
        return lastWaiter
    }

    /// Returns the port if it is known; otherwise stores the continuation.
    mutating func wait(_ waiter: Int, _ continuation: PortWaiter) -> UInt16? {
        if case .listening(_, let port) = phase { return port }
        portWaiters[waiter] = continuation
        return nil
    }

    mutating func removeWaiter(_ waiter: Int) -> PortWaiter? { portWaiters.removeValue(forKey: waiter) }

    /// Stores the continuation while a run is active. Returns false if none is.
    mutating func waitForEnd(_ continuation: EndWaiter) -> Bool {
        guard case .idle = phase else {
            endWaiters.append(continuation)
            return true
        }
        return false
    }
}
