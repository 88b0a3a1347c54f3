import StatsModel
package import Synchronization

/// The memory that both ends of a ``TextPool`` share.
///
/// Layout, aligned to 128 bytes: at 0 the tail (8 bytes: units ever given back, written by the reader), from 128 the
/// units of 16 bytes. A block is a header of one unit and the texts behind it, always in one piece:
///
/// | offset | bytes | field | written by |
/// |---|---|---|---|
/// | 0 | 4 | units of the whole block | writer |
/// | 4 | 4 | 0 while in use, 1 once given back | writer, then reader |
/// | 8 | 2 each | bytes of name, tags, extra fields, text | writer |
/// | 16 | | name, tags, extra fields, text | writer |
///
/// Protocol. The writer fills a block and hands its reference over through a ring, whose release and acquire also order the
/// block's bytes. The writer therefore needs no index of its own here. The reader marks blocks as given back, and moves the tail
/// over consecutive marked blocks (releasing). The writer loads the tail (acquiring) before it fills units again.
package final class TextPoolStorage: Sendable {
    package static let unit = 16
    package static let unitsOffset: UInt = 128

    /// The address of the memory. It is a number, since a pointer is not `Sendable`. The protocol above makes sharing it safe.
    private let address: UInt
    package let unitCount: Int

    package init(capacity: Int) {
        precondition(TextPool.capacityRange.contains(capacity), "a text pool holds 64 bytes to 128 MiB")
        unitCount = capacity / Self.unit
        let byteCount = Int(Self.unitsOffset) + unitCount * Self.unit
        let block = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 128)
        address = UInt(bitPattern: block)
        // Inside the memory allocated above. No unit is read before it was written.
        unsafe tail.initialize(to: Atomic(0))
    }

    deinit {
        // The memory was allocated in `init`. Both ends are gone, since each holds a reference to this object.
        unsafe UnsafeMutableRawPointer(bitPattern: address)?.deallocate()
    }

    package var tail: UnsafeMutablePointer<Atomic<UInt64>> {
        // Never nil: the address of allocated memory.
        unsafe UnsafeMutablePointer(bitPattern: address).unsafelyUnwrapped
    }

    /// The address of a unit. Traps outside the pool.
    package func unit(_ index: Int) -> UnsafeMutableRawPointer {
        precondition(index >= 0 && index < unitCount, "a text's number is not one of this pool")
        // Never nil: inside allocated memory, by the line above.
        return unsafe UnsafeMutableRawPointer(
            bitPattern: address + Self.unitsOffset + UInt(index * Self.unit)
        ).unsafelyUnwrapped
    }
}

/// The first unit of a block, in its memory layout.
package struct TextBlockHeader: BitwiseCopyable {
    package var units: UInt32
    package var isReturned: UInt32
    package var nameCount: UInt16
    package var tagsCount: UInt16
    package var extraCount: UInt16
    package var textCount: UInt16
}
