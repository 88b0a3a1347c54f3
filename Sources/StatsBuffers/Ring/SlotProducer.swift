public import StatsModel
public import Synchronization

/// The filling end of a ``SlotRing``. Whoever holds it is the ring's only producer.
@frozen
public struct SlotProducer<Element: BitwiseCopyable & Sendable>: ~Copyable, Sendable {
    @usableFromInline package let storage: RingStorage
    @usableFromInline package let address: UInt
    @usableFromInline package let mask: UInt64
    /// Slots ever filled: this end's own copy of the head, which only it writes.
    @usableFromInline package var head: UInt64 = 0
    /// The tail when last looked at. The true one is never behind it, so a slot free by this is free.
    @usableFromInline package var knownTail: UInt64 = 0

    package init(_ storage: RingStorage) {
        self.storage = storage
        address = storage.address
        mask = UInt64(storage.capacity - 1)
    }

    public var capacity: Int { storage.capacity }

    /// How many elements were ever pushed. O(1).
    @inlinable public var pushed: UInt64 { head }

    /// Whether there is no free slot; looks at the consumer's index only where the last look does not suffice.
    @inlinable public var isFull: Bool {
        mutating get {
            if head &- knownTail <= mask { return false }
            // The storage lives as long as this end.
            knownTail = unsafe RingStorage.index(at: address &+ RingStorage.tailOffset).pointee.load(
                ordering: .acquiring)
            return head &- knownTail > mask
        }
    }

    /// Puts the element behind all others, or answers `.refused(.bufferFull)` and changes nothing. O(1), never waits.
    @inlinable public mutating func push(_ element: Element) -> PushResult {
        if isFull { return .refused(.bufferFull) }
        // In bounds: `& mask` inside `slot`. Free: tail has passed it, by the line above.
        unsafe RingStorage.place(head, of: address, mask: mask, as: Element.self).pointee = element
        head &+= 1
        unsafe RingStorage.index(at: address).pointee.store(head, ordering: .releasing)
        return .buffered
    }
}
