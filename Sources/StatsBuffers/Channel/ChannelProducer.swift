public import StatsModel
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A filling end of a ``BoundedChannel``. Any number of threads may hold copies and push at once.
@frozen
public struct ChannelProducer: Sendable {
    /// How often an evicting push makes room that another producer then takes, before it gives up.
    @usableFromInline static let evictionLimit = 64

    @usableFromInline let storage: ChannelStorage
    @usableFromInline let address: UInt
    @usableFromInline let mask: UInt64

    init(_ storage: ChannelStorage) {
        self.storage = storage
        address = storage.address
        mask = UInt64(storage.capacity - 1)
    }

    public var capacity: Int { storage.capacity }

    /// How many events wait, as a snapshot: others push and pop meanwhile. O(1).
    @inlinable public var count: Int { ChannelStorage.count(address, mask: mask) }

    /// Puts the event behind all others, or answers `.refused(.bufferFull)` at once and changes nothing.
    ///
    /// O(1) without contention; takes no lock and never waits.
    @inlinable public func tryPush(_ event: StatEvent) -> PushResult {
        // The storage lives as long as this end.
        ChannelStorage.fill(event, address, mask: mask) ? .buffered : .refused(.bufferFull)
    }

    /// Puts the event behind all others, sleeping while there is no room, for `timeout` at most; then answers
    /// `.refused(.bufferFull)`. A timeout of zero or less asks once, as ``tryPush(_:)`` does.
    ///
    /// Blocks its thread: not for a thread of Swift's concurrency pool. Who waits first is not served first: an
    /// event pushed meanwhile may take the room.
    @inlinable public func push(_ event: StatEvent, timeout: Nanoseconds) -> PushResult {
        if ChannelStorage.fill(event, address, mask: mask) { return .buffered }
        return timeout > .zero ? wait(toPush: event, timeout: timeout) : .refused(.bufferFull)
    }

    /// Puts the event behind all others; where there is no room, the oldest makes it.
    ///
    /// - Parameter evicted: receives every event that was taken out, exactly once and no longer seen by anyone else:
    ///   the caller counts it and gives back its text
    ///
    /// Never waits. Answers `.refused(.bufferFull)` where the oldest event is being written at this very moment, or
    /// others took the room made again and again.
    @inlinable public func push(_ event: StatEvent, evicting evicted: (StatEvent) -> Void) -> PushResult {
        for _ in 0..<Self.evictionLimit {
            if ChannelStorage.fill(event, address, mask: mask) { return .buffered }
            // No producer is woken: the room is for this event.
            guard let oldest = ChannelStorage.empty(address, mask: mask) else { return .refused(.bufferFull) }
            evicted(oldest.event)
        }
        // The last eviction made room; whoever wants it may have it now.
        if ChannelStorage.fill(event, address, mask: mask) { return .buffered }
        storage.wakeProducer()
        return .refused(.bufferFull)
    }

    @inline(never) @usableFromInline
    func wait(toPush event: StatEvent, timeout: Nanoseconds) -> PushResult {
        let deadline = WaitDeadline(after: timeout)
        let waiting = address &+ ChannelStorage.waitingOffset
        // The storage lives as long as this end.
        unsafe ChannelStorage.word(at: waiting).pointee.wrappingAdd(1, ordering: .sequentiallyConsistent)
        defer { unsafe ChannelStorage.word(at: waiting).pointee.wrappingSubtract(1, ordering: .sequentiallyConsistent) }
        while true {
            let isLate = storage.gate.wait(until: deadline) { count > Int(mask) }
            // Also after the deadline: the wake-up may have come together with it, and its room must not be lost.
            if ChannelStorage.fill(event, address, mask: mask) { return .buffered }
            // There is room by the count, but it was taken, or its slot is being emptied just now.
            if isLate || deadline.hasPassed { return .refused(.bufferFull) }
            sched_yield()
        }
    }
}
