public import StatsModel
public import Synchronization

/// The memory that all ends of a ``BoundedChannel`` share.
///
/// Layout, aligned to 128 bytes:
///
/// | offset | bytes | what | written by |
/// |---|---|---|---|
/// | 0 | 8 | head: number of slots ever claimed for filling | producers |
/// | 128 | 8 | tail: number of slots ever claimed for emptying | the consumer, and producers that evict |
/// | 256 | 8 | number of producers that wait for room | producers |
/// | 384 | 40 each | the slots: a sequence of 8 bytes, then the event; slot `n` is at index `n & mask` | see below |
///
/// Protocol (Vyukov's bounded queue). Slot `i` starts with sequence `i`.
///
/// - Filling: a thread that finds sequence `n` in slot `n` may claim it by moving head from `n` to `n + 1`. Only this thread then
///   writes the event, and stores sequence `n + 1` (releasing).
/// - Emptying: a thread that finds sequence `n + 1` in slot `n` (acquiring) may claim it by moving tail from `n` to `n + 1`. Only
///   this thread then reads the event, and stores sequence `n + capacity` (releasing), for which the filler of the next round
///   waits.
///
/// Thus an event is taken exactly once, either by the consumer or by a producer that evicts it. At least two slots are needed:
/// with one slot, "filled" and "free again" would be the same sequence.
///
/// Waiting. A producer that finds no room first adds itself to the waiting count and then reads tail. A thread that empties a
/// slot first moves tail and then reads the count. All four accesses are sequentially consistent, so at least one of the two
/// threads sees the other. No wake-up is lost, and a thread that reads a count of zero needs no lock.
///
/// Head, tail and count are 128 bytes apart, because processors fetch cache lines of 64 bytes in pairs.
@usableFromInline
final class ChannelStorage: Sendable {
    @usableFromInline static let tailOffset: UInt = 128
    @usableFromInline static let waitingOffset: UInt = 256
    @usableFromInline static let slotsOffset: UInt = 384
    @usableFromInline static let eventOffset: UInt = 8
    @usableFromInline static let slotStride: UInt = 40

    /// The address of the block. It is a number, since a pointer is not `Sendable`. The protocol above makes sharing it safe.
    let address: UInt
    let capacity: Int
    /// The gate where producers sleep until there is room.
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
        // The block was allocated in `init`. All ends are gone, since each holds a reference to this object.
        unsafe UnsafeMutableRawPointer(bitPattern: address)?.deallocate()
    }

    /// The index or slot sequence at this address.
    @inlinable static func word(at address: UInt) -> UnsafeMutablePointer<Atomic<UInt64>> {
        // Never nil: the address is inside an allocated block.
        unsafe UnsafeMutablePointer(bitPattern: address).unsafelyUnwrapped
    }

    /// The event of the slot at this address.
    @inlinable static func event(at address: UInt) -> UnsafeMutablePointer<StatEvent> {
        // Never nil: the address is inside the slot's 40 bytes.
        unsafe UnsafeMutablePointer(bitPattern: address &+ eventOffset).unsafelyUnwrapped
    }

    /// The address of slot `number`. In bounds, since `mask` is the capacity - 1.
    @inlinable static func slot(_ number: UInt64, of address: UInt, mask: UInt64) -> UInt {
        address &+ slotsOffset &+ UInt(number & mask) &* slotStride
    }

    /// Claims the next free slot and fills it. False if there is none. It never waits.
    @inlinable static func fill(_ event: StatEvent, _ address: UInt, mask: UInt64) -> Bool {
        var head = unsafe word(at: address).pointee.load(ordering: .relaxed)
        while true {
            let slot = slot(head, of: address, mask: mask)
            let sequence = unsafe word(at: slot).pointee.load(ordering: .acquiring)
            if sequence == head {
                let (isMine, current) = unsafe word(at: address).pointee.weakCompareExchange(
                    expected: head, desired: head &+ 1, ordering: .relaxed)
                if isMine {
                    // The line above claimed the slot: no other thread reads or writes it until the store below.
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

    /// Claims the oldest event and takes it. `isAwaited` is true if a producer waits for the room. nil if the channel is empty,
    /// or if the oldest event is being written at this moment. It never waits.
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
                    // The exchange above claimed the slot: no other thread reads or writes it until the store below.
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

    /// The number of slots that are claimed and not yet emptied. A snapshot, since other threads may change it at once.
    @inlinable static func count(_ address: UInt, mask: UInt64) -> Int {
        // Tail is read first. It never overtakes head, so the difference is never negative.
        let tail = unsafe word(at: address &+ tailOffset).pointee.load(ordering: .sequentiallyConsistent)
        let head = unsafe word(at: address).pointee.load(ordering: .sequentiallyConsistent)
        return min(Int(truncatingIfNeeded: head &- tail), Int(mask) + 1)
    }

    /// Wakes one producer that waits for room.
    @usableFromInline func wakeProducer() { gate.wakeOne() }
}
