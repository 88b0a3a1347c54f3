public import StatsModel
public import Synchronization

/// The memory that both ends of a ``SlotRing`` share.
///
/// Layout, aligned to 128 bytes:
///
/// | offset | bytes | what | written by |
/// |---|---|---|---|
/// | 0 | 8 | head: number of slots ever filled | producer |
/// | 128 | 8 | tail: number of slots ever emptied | consumer |
/// | 256 | 32 each for events | the slots; slot `n` is at index `n & mask` | producer |
///
/// Protocol. Head and tail only grow, and never differ by more than the capacity.
///
/// - The producer writes slot `head`, then stores `head + 1` (releasing). The consumer loads head (acquiring), so that it sees
///   every slot below it complete.
/// - The consumer reads slot `tail`, then stores `tail + 1` (releasing). The producer loads tail (acquiring) before it writes
///   this slot again, so that it never writes a slot that is being read.
///
/// Head, tail and slots are 128 bytes apart, because processors fetch cache lines of 64 bytes in pairs. If they were closer, each
/// end would slow down the other by taking its cache lines.
public final class RingStorage: Sendable {
    /// The offset of the tail in the block.
    public static let tailOffset: UInt = 128
    /// The offset of the first slot in the block.
    public static let slotsOffset: UInt = 256

    /// The address of the block. It is a number, since a pointer is not `Sendable`. The protocol above makes sharing it safe.
    package let address: UInt
    package let capacity: Int

    package init(capacity: Int, slotSize: Int = MemoryLayout<StatEvent>.stride) {
        precondition(capacity > 0 && capacity & (capacity - 1) == 0, "a ring's capacity is a power of two")
        precondition(capacity <= 1 << 24, "a ring holds at most 2^24 elements")
        self.capacity = capacity
        let slots = capacity * slotSize
        let block = UnsafeMutableRawPointer.allocate(
            byteCount: Int(Self.slotsOffset) + slots, alignment: 128)
        address = UInt(bitPattern: block)
        // All three regions are inside the block allocated above. No slot is read before it was written.
        unsafe Self.index(at: address).initialize(to: Atomic(0))
        unsafe Self.index(at: address + Self.tailOffset).initialize(to: Atomic(0))
    }

    deinit {
        // The block was allocated in `init`. Both ends are gone, since each holds a reference to this object.
        unsafe UnsafeMutableRawPointer(bitPattern: address)?.deallocate()
    }

    /// The head if `address` is the block's, and the tail if it is `tailOffset` further.
    @inlinable public static func index(at address: UInt) -> UnsafeMutablePointer<Atomic<UInt64>> {
        // Never nil: the address of an allocated block.
        unsafe UnsafeMutablePointer(bitPattern: address).unsafelyUnwrapped
    }

    /// The slot of the `number`th event ever pushed. In bounds, since `mask` is the capacity - 1.
    @inlinable public static func slot(
        _ number: UInt64, of address: UInt, mask: UInt64
    ) -> UnsafeMutablePointer<StatEvent> {
        unsafe place(number, of: address, mask: mask, as: StatEvent.self)
    }

    /// The same for a ring of other elements. Its storage was created with their stride.
    @inlinable public static func place<Element>(
        _ number: UInt64, of address: UInt, mask: UInt64, as type: Element.Type
    ) -> UnsafeMutablePointer<Element> {
        // Never nil, and in bounds: `number & mask` is below the capacity.
        unsafe UnsafeMutablePointer(
            bitPattern: address &+ slotsOffset &+ UInt(number & mask) &* UInt(MemoryLayout<Element>.stride)
        ).unsafelyUnwrapped
    }
}
