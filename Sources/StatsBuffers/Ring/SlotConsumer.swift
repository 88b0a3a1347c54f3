public import Synchronization

/// The emptying end of a ``SlotRing``. Its owner is the ring's only consumer.
@frozen
public struct SlotConsumer<Element: BitwiseCopyable & Sendable>: ~Copyable, Sendable {
    @usableFromInline package let storage: RingStorage
    @usableFromInline package let address: UInt
    @usableFromInline package let mask: UInt64
    /// The number of slots ever emptied: this end's own copy of the tail, which no other thread writes.
    @usableFromInline package var tail: UInt64 = 0
    /// The head at the last look. The real head may be further, so a slot that is filled by this value is filled.
    @usableFromInline package var knownHead: UInt64 = 0

    package init(_ storage: RingStorage) {
        self.storage = storage
        address = storage.address
        mask = UInt64(storage.capacity - 1)
    }

    /// The number of slots.
    public var capacity: Int { storage.capacity }

    /// The number of elements ever taken. O(1).
    @inlinable public var popped: UInt64 { tail }

    /// Whether no element waits. Reads the producer's index only if the last known value is not enough.
    @inlinable public var isEmpty: Bool {
        mutating get {
            if tail != knownHead { return false }
            // The storage lives as long as this end.
            knownHead = unsafe RingStorage.index(at: address).pointee.load(ordering: .acquiring)
            return tail == knownHead
        }
    }

    /// The oldest element, which stays in the ring. nil if none waits. O(1), never waits.
    @inlinable public mutating func peek() -> Element? {
        if isEmpty { return nil }
        // In bounds by `& mask` inside `place`. Filled: head has passed it, by the line above.
        return unsafe RingStorage.place(tail, of: address, mask: mask, as: Element.self).pointee
    }

    /// Removes the oldest element and frees its slot. Traps if none waits. O(1).
    @inlinable public mutating func removeFirst() {
        if isEmpty { preconditionFailure("an empty ring has no first element") }
        tail &+= 1
        unsafe RingStorage.index(at: address &+ RingStorage.tailOffset).pointee.store(tail, ordering: .releasing)
    }

    /// Takes the oldest element. nil if none waits. O(1), never waits.
    @inlinable public mutating func pop() -> Element? {
        guard let element = peek() else { return nil }
        removeFirst()
        return element
    }

    /// Takes up to `limit` elements, the oldest first, and frees their slots together. A single store frees all of them, so that
    /// the producer's cache line is invalidated only once. Returns the number of elements. Traps unless `limit` is above 0.
    /// O(elements), never waits.
    @inlinable public mutating func drain(limit: Int, _ body: (Element) -> Void) -> Int {
        precondition(limit > 0, "what is taken has a limit above zero")
        if isEmpty { return 0 }
        let first = tail
        let end = first &+ min(knownHead &- first, UInt64(limit))
        var position = first
        while position != end {
            // In bounds by `& mask` inside `place`. Filled: head has passed it, since `end` is at most the known head.
            body(unsafe RingStorage.place(position, of: address, mask: mask, as: Element.self).pointee)
            position &+= 1
        }
        tail = end
        unsafe RingStorage.index(at: address &+ RingStorage.tailOffset).pointee.store(end, ordering: .releasing)
        return Int(end &- first)
    }
}
