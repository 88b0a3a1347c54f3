public import Synchronization

/// The emptying end of a ``SlotRing``. Whoever holds it is the ring's only consumer.
@frozen
public struct SlotConsumer<Element: BitwiseCopyable & Sendable>: ~Copyable, Sendable {
    @usableFromInline package let storage: RingStorage
    @usableFromInline package let address: UInt
    @usableFromInline package let mask: UInt64
    /// Slots ever emptied: this end's own copy of the tail, which only it writes.
    @usableFromInline package var tail: UInt64 = 0
    /// The head when last looked at. The true one is never behind it, so a slot filled by this is filled.
    @usableFromInline package var knownHead: UInt64 = 0

    package init(_ storage: RingStorage) {
        self.storage = storage
        address = storage.address
        mask = UInt64(storage.capacity - 1)
    }

    public var capacity: Int { storage.capacity }

    /// How many elements were ever taken. O(1).
    @inlinable public var popped: UInt64 { tail }

    /// Whether no element waits; looks at the producer's index only where the last look does not suffice.
    @inlinable public var isEmpty: Bool {
        mutating get {
            if tail != knownHead { return false }
            // The storage lives as long as this end.
            knownHead = unsafe RingStorage.index(at: address).pointee.load(ordering: .acquiring)
            return tail == knownHead
        }
    }

    /// The oldest element, which stays where it is; nil when none waits. O(1), never waits.
    @inlinable public mutating func peek() -> Element? {
        if isEmpty { return nil }
        // In bounds: `& mask` inside `slot`. Filled: head has passed it, by the line above.
        return unsafe RingStorage.place(tail, of: address, mask: mask, as: Element.self).pointee
    }

    /// Gives the oldest element's slot back. Traps when none waits. O(1).
    @inlinable public mutating func removeFirst() {
        if isEmpty { preconditionFailure("an empty ring has no first element") }
        tail &+= 1
        unsafe RingStorage.index(at: address &+ RingStorage.tailOffset).pointee.store(tail, ordering: .releasing)
    }

    /// Takes the oldest element; nil when none waits. O(1), never waits.
    @inlinable public mutating func pop() -> Element? {
        guard let element = peek() else { return nil }
        removeFirst()
        return element
    }

    /// Takes up to `limit` elements, the oldest first, and gives their slots back together: one store for all, so that the
    /// producer's look at it is disturbed once. Says how many there were. O(elements), never waits.
    @inlinable public mutating func drain(limit: Int, _ body: (Element) -> Void) -> Int {
        precondition(limit > 0, "what is taken has a limit above zero")
        if isEmpty { return 0 }
        let first = tail
        let end = first &+ min(knownHead &- first, UInt64(limit))
        var position = first
        while position != end {
            // In bounds: `& mask` inside `place`. Filled: head has passed it, since `end` is at most the known head.
            body(unsafe RingStorage.place(position, of: address, mask: mask, as: Element.self).pointee)
            position &+= 1
        }
        tail = end
        unsafe RingStorage.index(at: address &+ RingStorage.tailOffset).pointee.store(end, ordering: .releasing)
        return Int(end &- first)
    }
}
