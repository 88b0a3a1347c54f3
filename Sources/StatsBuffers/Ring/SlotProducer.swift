public import StatsModel
public import Synchronization

/// The filling end of a ``SlotRing``. Its owner is the ring's only producer.
@frozen
public struct SlotProducer<Element: BitwiseCopyable & Sendable>: ~Copyable, Sendable {
    @usableFromInline package let storage: RingStorage
    @usableFromInline package let address: UInt
    @usableFromInline package let mask: UInt64
    /// The number of slots ever filled: this end's own copy of the head, which no other thread writes.
    @usableFromInline package var head: UInt64 = 0
    /// The tail at the last look. The real tail may be further, so a slot that is free by this value is free.
    @usableFromInline package var knownTail: UInt64 = 0

    package init(_ storage: RingStorage) {
        self.storage = storage
        address = storage.address
        mask = UInt64(storage.capacity - 1)
    }

    /// The number of slots.
    public var capacity: Int { storage.capacity }

    /// The number of elements ever pushed. O(1).
    @inlinable public var pushed: UInt64 { head }

    /// Whether there is no free slot. Reads the consumer's index only if the last known value is not enough.
    @inlinable public var isFull: Bool {
        mutating get {
            if head &- knownTail <= mask { return false }
            // The storage lives as long as this end.
            knownTail = unsafe RingStorage.index(at: address &+ RingStorage.tailOffset).pointee.load(
                ordering: .acquiring)
            return head &- knownTail > mask
        }
    }

    /// Adds the element at the end. If there is no room, it returns `.refused(.bufferFull)` and changes nothing. O(1), never
    /// waits.
    @inlinable public mutating func push(_ element: Element) -> PushResult {
        if isFull { return .refused(.bufferFull) }
        // In bounds by `& mask` inside `place`. Free: tail has passed it, by the line above.
        unsafe RingStorage.place(head, of: address, mask: mask, as: Element.self).pointee = element
        head &+= 1
        unsafe RingStorage.index(at: address).pointee.store(head, ordering: .releasing)
        return .buffered
    }
}
