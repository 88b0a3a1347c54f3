public import Synchronization

/// The memory of a ``LocalAggregator``: one cell of 64 bytes (a cache line) for each metric in each stripe.
///
/// Layout: stripe after stripe, each with all metrics, so that threads on different stripes share no cache line. Every word has 8
/// bytes, and zero means "nothing yet" in each of them.
///
/// | offset | counter | gauge | summary |
/// |---|---|---|---|
/// | 0 | the cell's kind (``Kind``), in the first stripe | the same | the same |
/// | 8 | records that no other word counts | records | records |
/// | 16 | records of exactly `1` | the latest value, Double | 1 while a thread is inside |
/// | 24 | whole values: sum in the upper 40 bits, records in the lower 24 | 1: passes through | count, Double |
/// | 32 | sum of all other values, Double | the time when it was set | sum, Double |
/// | 40 | sum moved here from 24 before it overflows | | minimum, Double |
/// | 48 | | | maximum, Double |
///
/// Protocol. Words of a counter only receive atomic additions, and a flush takes each word by exchanging it for zero. An addition
/// is therefore taken by exactly one flush, whatever happens at the same time. A sum that moves to its larger word is taken in
/// the same way.
///
/// A gauge's value is stored as a whole and stays. A flush takes the number of times that it was set.
///
/// If value and record are two words, the value is stored first, then the record (releasing). A flush takes the record first
/// (acquiring). The value of a record that was taken is therefore in this flush or an earlier one, and the last flush after the
/// last record leaves nothing behind.
///
/// A summary belongs to the thread that moved its word 16 from 0 to 1 (acquiring), until this thread stores 0 (releasing). A
/// thread that finds it taken does not wait. It passes its value through.
public final class AggregateStorage: Sendable {
    /// Bytes of a cell.
    public static let cellStride = 64
    /// The offset of the count of records.
    public static let recordsOffset: UInt = 8
    /// Counter: the offset of the count of records of exactly `1`.
    public static let onesOffset: UInt = 16
    /// Counter: the offset of the packed sum and count of whole values.
    public static let packedOffset: UInt = 24
    /// Counter: the offset of the sum of all other values.
    public static let fractionOffset: UInt = 32
    /// Counter: the offset of the sum that moved out of the packed word.
    public static let spilledOffset: UInt = 40
    /// Counter: the number of low bits in the packed word that count records.
    public static let packedShift: UInt64 = 24
    /// Gauge: the offset of the latest value.
    public static let latestOffset: UInt = 16
    /// Gauge: the offset of the mark that its events pass through.
    public static let passesOffset: UInt = 24
    /// Gauge: the offset of the time of the latest value.
    public static let timeOffset: UInt = 32
    /// Summary: the offset of the mark that a thread is inside.
    public static let busyOffset: UInt = 16
    /// Summary: the offset of the count.
    public static let countOffset: UInt = 24
    /// Summary: the offset of the sum.
    public static let sumOffset: UInt = 32
    /// Summary: the offset of the minimum.
    public static let minimumOffset: UInt = 40
    /// Summary: the offset of the maximum.
    public static let maximumOffset: UInt = 48

    /// The kind of a cell.
    package enum Kind: UInt64 {
        case counter = 1
        case gauge = 2
        case summary = 3
    }

    /// The address of the block. It is a number, since a pointer is not `Sendable`. The protocol above makes sharing it safe.
    private let address: UInt
    /// The number of metrics in each stripe.
    public let metricLimit: Int
    /// The number of stripes.
    public let stripeCount: Int

    package init(metricLimit: Int, stripeCount: Int) {
        self.metricLimit = metricLimit
        self.stripeCount = stripeCount
        let byteCount = metricLimit * stripeCount * Self.cellStride
        let block = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 128)
        // The block was just allocated. Zero is the initial value of every word.
        unsafe block.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
        address = UInt(bitPattern: block)
    }

    deinit {
        // The block was allocated in `init`. No handle is left, since each holds a reference to this object.
        unsafe UnsafeMutableRawPointer(bitPattern: address)?.deallocate()
    }

    /// The address of the metric's cell in the first stripe. Traps for a metric beyond the limit.
    package func cell(_ metric: Int) -> UInt {
        precondition(metric >= 0 && metric < metricLimit, "an aggregated metric's number is below the limit")
        return address + UInt(metric * Self.cellStride)
    }

    /// The distance from a cell to the same metric's cell in the next stripe.
    public var stripeStride: UInt { UInt(metricLimit * Self.cellStride) }

    /// The atomic word at this address.
    @inlinable public static func word(_ address: UInt) -> UnsafeMutablePointer<Atomic<UInt64>> {
        // Never nil: an address inside the allocated block.
        unsafe UnsafeMutablePointer(bitPattern: address).unsafelyUnwrapped
    }

    /// Adds to a word that holds a Double. Lock-free: it only repeats if another addition succeeded.
    @inlinable public static func add(_ value: Double, to address: UInt) {
        // Inside a cell, by the caller's offset.
        var bits = unsafe word(address).pointee.load(ordering: .relaxed)
        while true {
            let sum = (Double(bitPattern: bits) + value).bitPattern
            let (isMine, current) = unsafe word(address).pointee.weakCompareExchange(
                expected: bits, desired: sum, ordering: .relaxed)
            if isMine { return }
            bits = current
        }
    }

    /// Whether the sum in a packed word has reached 2^38, or its records 2^23.
    @inlinable public static func isHalfFull(_ packed: UInt64) -> Bool {
        let sum = Int64(bitPattern: packed) >> Int64(packedShift)
        return packed & (1 << 23) != 0 || sum.magnitude >= 1 << 38
    }

    /// The sum and the number of records in a packed word.
    package static func unpack(_ packed: UInt64) -> (sum: Int64, records: UInt64) {
        (Int64(bitPattern: packed) >> Int64(packedShift), packed & (1 << packedShift - 1))
    }

    /// Moves the contents of a packed word to the larger words. Another thread that does so at the same time finds only later
    /// additions.
    @inline(never) @usableFromInline
    package static func spill(_ cell: UInt) {
        let (sum, records) = unpack(take(cell + packedOffset))
        // Both are inside the cell.
        unsafe word(cell + spilledOffset).pointee.wrappingAdd(UInt64(bitPattern: sum), ordering: .relaxed)
        unsafe word(cell + recordsOffset).pointee.wrappingAdd(records, ordering: .releasing)
    }

    /// Takes a word's contents and leaves zero. A word that is zero is only read, so that a flush does not move the cache lines
    /// of unused metrics between processors.
    package static func take(_ address: UInt) -> UInt64 {
        // Inside a cell, by the caller's offset.
        if unsafe word(address).pointee.load(ordering: .relaxed) == 0 { return 0 }
        return unsafe word(address).pointee.exchange(0, ordering: .acquiringAndReleasing)
    }
}
