import NIOCore

/// Where a server is between two runs, and who waits for it to get on. Continuations are handed out to be resumed by the
/// caller, outside of any lock.
struct ServerLife {
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

    /// False where a run goes on already.
    mutating func begin() -> Bool {
        guard case .idle = phase else { return false }
        (phase, isStopping) = (.starting, false)
        return true
    }

    /// The channel listens. Who waits for its port; nil where the run was asked to end meanwhile.
    mutating func listen(_ channel: any Channel, port: UInt16) -> [PortWaiter]? {
        if isStopping { return nil }
        phase = .listening(channel, port: port)
        defer { portWaiters = [:] }
        return Array(portWaiters.values)
    }

    /// The listening channel closed.
    mutating func stopListening() { phase = .starting }

    /// Asks the run to end. The channel to close for it, where one listens.
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

    /// The run is over. Who waits for the end, and who waited for a port in vain where it failed.
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

    /// The port where it is known; else keeps the continuation.
    mutating func wait(_ waiter: Int, _ continuation: PortWaiter) -> UInt16? {
        if case .listening(_, let port) = phase { return port }
        portWaiters[waiter] = continuation
        return nil
    }

    mutating func removeWaiter(_ waiter: Int) -> PortWaiter? { portWaiters.removeValue(forKey: waiter) }

    /// Keeps the continuation while a run goes on; false where there is none.
    mutating func waitForEnd(_ continuation: EndWaiter) -> Bool {
        guard case .idle = phase else {
            endWaiters.append(continuation)
            return true
        }
        return false
    }
}
