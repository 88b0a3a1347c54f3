public import StatsModel
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A filling end of a ``BoundedChannel``. Any number of threads may hold copies and push at the same time.
@frozen
public struct ChannelProducer: Sendable {
    /// The number of evictions whose room other producers took, after which an evicting push gives up.
    @usableFromInline static let evictionLimit = 64

    @usableFromInline let storage: ChannelStorage
    @usableFromInline let address: UInt
    @usableFromInline let mask: UInt64

    init(_ storage: ChannelStorage) {
        self.storage = storage
        address = storage.address
        mask = UInt64(storage.capacity - 1)
    }

    /// The number of slots.
    public var capacity: Int { storage.capacity }

    /// The number of waiting events. A snapshot, since other threads push and pop meanwhile. O(1).
    @inlinable public var count: Int { ChannelStorage.count(address, mask: mask) }

    /// Adds the event at the end. If there is no room, it returns `.refused(.bufferFull)` at once and changes nothing.
    ///
    /// O(1) without contention. It takes no lock and never waits.
    @inlinable public func tryPush(_ event: StatEvent) -> PushResult {
        // The storage lives as long as this end.
        ChannelStorage.fill(event, address, mask: mask) ? .buffered : .refused(.bufferFull)
    }

    /// Adds the event at the end. If there is no room, the thread sleeps for at most `timeout`, and then gets
    /// `.refused(.bufferFull)`. With a timeout of zero or less it tries once, like ``tryPush(_:)``.
    ///
    /// It blocks its thread, so do not call it from Swift's concurrency pool. The order of waiting threads is not kept: an event
    /// that is pushed meanwhile may take the room.
    @inlinable public func push(_ event: StatEvent, timeout: Duration) -> PushResult {
        if ChannelStorage.fill(event, address, mask: mask) { return .buffered }
        return timeout > .zero ? wait(toPush: event, timeout: timeout) : .refused(.bufferFull)
    }

    /// Adds the event at the end. If there is no room, the oldest event is evicted.
    ///
    /// - Parameter evicted: receives every evicted event exactly once, when no other thread can see it. The caller counts it and
    ///   gives back its text.
    ///
    /// It never waits. It returns `.refused(.bufferFull)` if the oldest event is being written at this moment, or if other
    /// producers repeatedly take the room.
    @inlinable public func push(_ event: StatEvent, evicting evicted: (StatEvent) -> Void) -> PushResult {
        for _ in 0..<Self.evictionLimit {
            if ChannelStorage.fill(event, address, mask: mask) { return .buffered }
            // No producer is woken, since the room is for this event.
            guard let oldest = ChannelStorage.empty(address, mask: mask) else { return .refused(.bufferFull) }
            evicted(oldest.event)
        }
        // The last eviction made room. If this push does not get it, a waiting producer may.
        if ChannelStorage.fill(event, address, mask: mask) { return .buffered }
        storage.wakeProducer()
        return .refused(.bufferFull)
    }

    @inline(never) @usableFromInline
    func wait(toPush event: StatEvent, timeout: Duration) -> PushResult {
        let deadline = WaitDeadline(after: Nanoseconds(timeout))
        let waiting = address &+ ChannelStorage.waitingOffset
        // The storage lives as long as this end.
        unsafe ChannelStorage.word(at: waiting).pointee.wrappingAdd(1, ordering: .sequentiallyConsistent)
        defer { unsafe ChannelStorage.word(at: waiting).pointee.wrappingSubtract(1, ordering: .sequentiallyConsistent) }
        while true {
            let isLate = storage.gate.wait(until: deadline) { count > Int(mask) }
            // Also after the deadline: a wake-up may have arrived together with it, and its room must not be lost.
            if ChannelStorage.fill(event, address, mask: mask) { return .buffered }
            // By the count there is room, but another producer took it, or its slot is being emptied at this moment.
            if isLate || deadline.hasPassed { return .refused(.bufferFull) }
            sched_yield()
        }
    }
}
