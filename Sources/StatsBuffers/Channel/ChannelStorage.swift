public import StatsModel
public import Synchronization

/// The memory that all ends of a ``BoundedChannel`` share.
///
/// Layout, aligned to 128 bytes:
///
/// | offset | bytes | what | written by |
/// |---|---|---|---|
/// | 0 | 8 | head: slots ever claimed for filling | producers |
/// | 128 | 8 | tail: slots ever claimed for emptying | the consumer, and producers that evict |
/// | 256 | 8 | how many producers wait for room | producers |
/// | 384 | 40 each | the slots: a sequence of 8 bytes, then the event; slot `n` stands at `n & mask` | see below |
///
/// Protocol (Vyukov's bounded queue). Slot `i` starts with sequence `i`. Whoever finds sequence `n` in slot `n` may
/// claim it for filling by moving head from `n` to `n + 1`; it alone writes the event, then stores `n + 1`
/// (releasing). Whoever finds sequence `n + 1` in slot `n` (acquiring) may claim it for emptying by moving tail from
/// `n` to `n + 1`; it alone reads the event, then stores `n + capacity` (releasing), which is what the filler of the
/// next round waits for. So an event is taken exactly once, by the consumer or by a producer that evicts it, never by
/// both. Two slots at least: with one, "filled" and "free again" would be the same number.
///
/// Waiting. A producer that finds no room adds itself to the waiting count and then looks at tail; who empties a slot
/// moves tail and then looks at the count. All four are sequentially consistent, so one of both sees the other, and
/// no wake-up is lost although nobody who finds the count at zero touches a lock.
///
/// The first three stand 128 bytes apart because processors fetch cache lines of 64 bytes in pairs.
@usableFromInline
final class ChannelStorage: Sendable {
    @usableFromInline static let tailOffset: UInt = 128
    @usableFromInline static let waitingOffset: UInt = 256
    @usableFromInline static let slotsOffset: UInt = 384
    @usableFromInline static let eventOffset: UInt = 8
    @usableFromInline static let slotStride: UInt = 40

    /// Where the block begins. A number, because a pointer may not cross threads on its own word; the protocol
    /// above is what makes it safe to.
    let address: UInt
    let capacity: Int
    /// Where producers sleep that wait for room.
    let gate = WaitGate()

    init(capacity: Int) {
        precondition(capacity > 1 && capacity & (capacity - 1) == 0, "a channel's capacity is a power of two from 2")
        precondition(capacity <= 1 << 24, "a channel holds at most 2^24 events")
        self.capacity = capacity
        let block = UnsafeMutableRawPointer.allocate(
            byteCount: Int(Self.slotsOffset) + capacity * Int(Self.slotStride), alignment: 128)
        address = UInt(bitPattern: block)
        // All inside the block allocated above; no event is read before it was written.
        unsafe Self.word(at: address).initialize(to: Atomic(0))
        unsafe Self.word(at: address + Self.tailOffset).initialize(to: Atomic(0))
        unsafe Self.word(at: address + Self.waitingOffset).initialize(to: Atomic(0))
        for number in 0..<UInt64(capacity) {
            // In bounds: `number` is below the capacity.
            unsafe Self.word(at: Self.slot(number, of: address, mask: UInt64(capacity - 1)))
                .initialize(to: Atomic(number))
        }
    }

    deinit {
        // The block allocated in `init`; all ends are gone, since each holds a reference to this object.
        unsafe UnsafeMutableRawPointer(bitPattern: address)?.deallocate()
    }

    /// An index, or a slot's sequence.
    @inlinable static func word(at address: UInt) -> UnsafeMutablePointer<Atomic<UInt64>> {
        // Never nil: an address inside an allocated block.
        unsafe UnsafeMutablePointer(bitPattern: address).unsafelyUnwrapped
    }

    /// The event of the slot that begins at `address`.
    @inlinable static func event(at address: UInt) -> UnsafeMutablePointer<StatEvent> {
        // Never nil: inside the slot's 40 bytes.
        unsafe UnsafeMutablePointer(bitPattern: address &+ eventOffset).unsafelyUnwrapped
    }

    /// Where slot `number` begins. In bounds, because `mask` is the capacity - 1.
    @inlinable static func slot(_ number: UInt64, of address: UInt, mask: UInt64) -> UInt {
        address &+ slotsOffset &+ UInt(number & mask) &* slotStride
    }

    /// Claims the next free slot and fills it; false where there is none. Never waits.
    @inlinable static func fill(_ event: StatEvent, _ address: UInt, mask: UInt64) -> Bool {
        var head = unsafe word(at: address).pointee.load(ordering: .relaxed)
        while true {
            let slot = slot(head, of: address, mask: mask)
            let sequence = unsafe word(at: slot).pointee.load(ordering: .acquiring)
            if sequence == head {
                let (isMine, current) = unsafe word(at: address).pointee.weakCompareExchange(
                    expected: head, desired: head &+ 1, ordering: .relaxed)
                if isMine {
                    // Claimed by the line above: nobody else reads or writes this slot until the store below.
                    unsafe Self.event(at: slot).pointee = event
                    unsafe word(at: slot).pointee.store(head &+ 1, ordering: .releasing)
                    return true
                }
                head = current
            } else if Int64(bitPattern: sequence &- head) < 0 {
                return false
            } else {
                head = unsafe word(at: address).pointee.load(ordering: .relaxed)
            }
        }
    }

    /// Claims the oldest event and takes it, and says whether a producer waits for the room; nil where none is
    /// whole: the channel is empty, or the oldest is being written at this moment. Never waits.
    @inlinable static func empty(_ address: UInt, mask: UInt64) -> (event: StatEvent, isAwaited: Bool)? {
        let tailAddress = address &+ tailOffset
        var tail = unsafe word(at: tailAddress).pointee.load(ordering: .relaxed)
        while true {
            let slot = slot(tail, of: address, mask: mask)
            let sequence = unsafe word(at: slot).pointee.load(ordering: .acquiring)
            if sequence == tail &+ 1 {
                let (isMine, current) = unsafe word(at: tailAddress).pointee.weakCompareExchange(
                    expected: tail, desired: tail &+ 1, ordering: .sequentiallyConsistent)
                if isMine {
                    let waiting = unsafe word(at: address &+ waitingOffset).pointee.load(
                        ordering: .sequentiallyConsistent)
                    // Claimed by the exchange above: nobody else reads or writes this slot until the store below.
                    let event = unsafe Self.event(at: slot).pointee
                    unsafe word(at: slot).pointee.store(tail &+ mask &+ 1, ordering: .releasing)
                    return (event, waiting > 0)
                }
                tail = current
            } else if Int64(bitPattern: sequence &- (tail &+ 1)) < 0 {
                return nil
            } else {
                tail = unsafe word(at: tailAddress).pointee.load(ordering: .relaxed)
            }
        }
    }

    /// How many slots are claimed and not yet emptied. A snapshot: others may move at once.
    @inlinable static func count(_ address: UInt, mask: UInt64) -> Int {
        // Tail first: it never overtakes head, so the difference is never negative.
        let tail = unsafe word(at: address &+ tailOffset).pointee.load(ordering: .sequentiallyConsistent)
        let head = unsafe word(at: address).pointee.load(ordering: .sequentiallyConsistent)
        return min(Int(truncatingIfNeeded: head &- tail), Int(mask) + 1)
    }

    /// Lets one producer go on that waits for room.
    @usableFromInline func wakeProducer() { gate.wakeOne() }
}
