import CLinuxNet
import StatsBuffers
import StatsModel
import Synchronization

/// The events of one recording thread on their way to the worker. It is an ``SPSCRing`` whose filling end keeps its state in the
/// shared memory, so that the state can pass to the next thread with the same number.
///
/// It uses the free bytes in front of ``RingStorage``'s tail:
///
/// | offset | bytes | what | written by |
/// |---|---|---|---|
/// | 8 | 8 | the tail at the producer's last look | producer |
/// | 16 | 8 | number of draws for sampled handles | producer |
/// | 24 | 8 | number of events that sampling left out | producer |
/// | 32 | 8 | sum of the contents of events refused because the ring was full | producer |
/// | 40 | 64 | number of these events, by type | producer |
///
/// Every field has the producer as its only writer, so it is stored without read-modify-write instructions.
enum ThreadRing {
    static let knownTailOffset: UInt = 8
    static let drawsOffset: UInt = 16
    static let sampledOutOffset: UInt = 24
    static let refusedContentsOffset: UInt = 32
    static let refusedCountsOffset: UInt = 40

    static func make(capacity: Int) -> RingStorage {
        let storage = RingStorage(capacity: capacity)
        for offset in stride(from: knownTailOffset, to: refusedCountsOffset + 64, by: 8) {
            // In bounds: below the tail's offset, inside the storage's block.
            unsafe RingStorage.index(at: storage.address + offset).initialize(to: Atomic(0))
        }
        return storage
    }

    /// Adds an event at the end. False if there is no room. O(1), never waits.
    @inline(__always)
    static func push(_ event: StatEvent, to address: UInt, mask: UInt64) -> Bool {
        let head = unsafe RingStorage.index(at: address).pointee.load(ordering: .relaxed)
        let known = address &+ knownTailOffset
        if unsafe head &- RingStorage.index(at: known).pointee.load(ordering: .relaxed) > mask {
            let tail = unsafe RingStorage.index(at: address &+ RingStorage.tailOffset).pointee.load(ordering: .acquiring)
            unsafe RingStorage.index(at: known).pointee.store(tail, ordering: .relaxed)
            if head &- tail > mask { return false }
        }
        // In bounds by `& mask` inside `slot`. Free: the tail has passed it, by the lines above.
        unsafe RingStorage.slot(head, of: address, mask: mask).pointee = event
        unsafe RingStorage.index(at: address).pointee.store(head &+ 1, ordering: .releasing)
        return true
    }

    /// Counts an event that found no room. Only the producer may call it.
    @inline(__always)
    static func refuse(_ type: MetricType, content: UInt64, at address: UInt) {
        add(content, at: address &+ refusedContentsOffset)
        // In bounds: eight types, eight counts.
        add(1, at: address &+ refusedCountsOffset &+ 8 &* UInt(type.rawValue))
    }

    /// The number of the next draw. Only the producer may call it.
    @inline(__always)
    static func nextDraw(at address: UInt) -> UInt64 { add(1, at: address &+ drawsOffset) }

    @inline(__always) @discardableResult
    static func add(_ amount: UInt64, at address: UInt) -> UInt64 {
        // A single writer: no other thread stores between the load and the store.
        let sum = unsafe RingStorage.index(at: address).pointee.load(ordering: .relaxed) &+ amount
        unsafe RingStorage.index(at: address).pointee.store(sum, ordering: .relaxed)
        return sum
    }

    static func word(_ offset: UInt, at address: UInt) -> UInt64 {
        // In bounds: an offset of the table above.
        unsafe RingStorage.index(at: address &+ offset).pointee.load(ordering: .relaxed)
    }

    /// All events that this ring refused so far.
    static func refused(at address: UInt) -> Tally {
        var tally = Tally()
        tally.contents = word(refusedContentsOffset, at: address)
        for type in MetricType.allCases {
            tally.counts[type] = word(refusedCountsOffset + 8 * UInt(type.rawValue), at: address)
        }
        return tally
    }

    /// The number of events ever pushed.
    static func pushed(at address: UInt) -> UInt64 {
        unsafe RingStorage.index(at: address).pointee.load(ordering: .acquiring)
    }
    static func popped(at address: UInt) -> UInt64 {
        unsafe RingStorage.index(at: address &+ RingStorage.tailOffset).pointee.load(ordering: .acquiring)
    }

    /// Passes on the oldest `limit` events, but none beyond `end`, and frees their slots. Returns their number. Only the consumer
    /// may call it.
    static func drain(
        _ address: UInt, mask: UInt64, upTo end: UInt64, limit: Int, _ body: (StatEvent) -> Void
    ) -> Int {
        let tail = popped(at: address)
        let count = min(end &- tail, UInt64(limit))
        for number in tail..<tail &+ count {
            // In bounds by `& mask` inside `slot`. Filled: `end` is a head that was loaded acquiring.
            body(unsafe RingStorage.slot(number, of: address, mask: mask).pointee)
        }
        unsafe RingStorage.index(at: address &+ RingStorage.tailOffset).pointee.store(tail &+ count, ordering: .releasing)
        return Int(count)
    }
}
