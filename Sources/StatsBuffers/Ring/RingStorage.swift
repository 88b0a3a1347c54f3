public import StatsModel
public import Synchronization

/// The memory that both ends of a ``SlotRing`` share.
///
/// Layout, aligned to 128 bytes:
///
/// | offset | bytes | what | written by |
/// |---|---|---|---|
/// | 0 | 8 | head: slots ever filled | producer |
/// | 128 | 8 | tail: slots ever emptied | consumer |
/// | 256 | 32 each for events | the slots; slot `n` stands at `n & mask` | producer |
///
/// Protocol. Head and tail only grow and never differ by more than the capacity. The producer writes slot `head`,
/// then stores `head + 1` releasing; the consumer loads head acquiring, so it sees every slot below it whole. The
/// consumer reads slot `tail`, then stores `tail + 1` releasing; the producer loads tail acquiring before it writes
/// that slot again, so it never writes a slot that is still being read.
///
/// 128 bytes apart because processors fetch cache lines of 64 bytes in pairs: closer, each end would steal the
/// line the other is about to use.
public final class RingStorage: Sendable {
    public static let tailOffset: UInt = 128
    public static let slotsOffset: UInt = 256

    /// Where the block begins. A number, because a pointer may not cross threads on its own word; the protocol
    /// above is what makes it safe to.
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
        // All three regions lie inside the block allocated above; no slot is read before it was written.
        unsafe Self.index(at: address).initialize(to: Atomic(0))
        unsafe Self.index(at: address + Self.tailOffset).initialize(to: Atomic(0))
    }

    deinit {
        // The block allocated in `init`; both ends are gone, since each holds a reference to this object.
        unsafe UnsafeMutableRawPointer(bitPattern: address)?.deallocate()
    }

    /// The head where `address` is the block's, the tail where it is `tailOffset` further.
    @inlinable public static func index(at address: UInt) -> UnsafeMutablePointer<Atomic<UInt64>> {
        // Never nil: the address of an allocated block.
        unsafe UnsafeMutablePointer(bitPattern: address).unsafelyUnwrapped
    }

    /// The slot that the `number`th event ever pushed stands in. In bounds, because `mask` is the capacity - 1.
    @inlinable public static func slot(
        _ number: UInt64, of address: UInt, mask: UInt64
    ) -> UnsafeMutablePointer<StatEvent> {
        unsafe place(number, of: address, mask: mask, as: StatEvent.self)
    }

    /// The same for a ring of other elements, whose stride its storage was made with.
    @inlinable public static func place<Element>(
        _ number: UInt64, of address: UInt, mask: UInt64, as type: Element.Type
    ) -> UnsafeMutablePointer<Element> {
        // Never nil, and in bounds: `number & mask` is below the capacity.
        unsafe UnsafeMutablePointer(
            bitPattern: address &+ slotsOffset &+ UInt(number & mask) &* UInt(MemoryLayout<Element>.stride)
        ).unsafelyUnwrapped
    }
}
