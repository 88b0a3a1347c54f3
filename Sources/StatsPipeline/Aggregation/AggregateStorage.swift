public import Synchronization

/// The memory of a ``LocalAggregator``: one cell of 64 bytes, a cache line, for each metric in each stripe.
///
/// Layout: stripe after stripe, each with all metrics, so that threads on different stripes share no line. All words
/// are 8 bytes; zero is "nothing yet" in each of them.
///
/// | offset | counter | gauge | summary |
/// |---|---|---|---|
/// | 0 | what it is (``Kind``), in the first stripe | the same | the same |
/// | 8 | records that no other word counts | records | records |
/// | 16 | records of exactly `1` | the latest value, Double | 1 while somebody is inside |
/// | 24 | whole values: sum in the upper 40 bits, records in the lower 24 | 1: passes through | count, Double |
/// | 32 | sum of all other values, Double | when it was set | sum, Double |
/// | 40 | sum moved here from 24 before it overflows | | minimum, Double |
/// | 48 | | | maximum, Double |
///
/// Protocol. Counter words only receive atomic additions, and a flush takes each by exchanging it for zero: what is
/// added is taken by exactly one flush, whatever happens at the same time. Who moves a sum to its larger word takes it
/// in the same way. A gauge's value is stored whole and stays; what a flush takes is how often it was set. Where value
/// and record are two words, the value is stored first (the record releasing), and a flush takes the record first
/// (acquiring): so a record that was taken has its value in this flush or an earlier one, and the last flush after the
/// last record leaves nothing. A summary belongs to whoever moved its word 16 from 0 to 1 (acquiring), until it stores 0
/// (releasing); who finds it taken does not wait but passes its value through.
public final class AggregateStorage: Sendable {
    public static let cellStride = 64
    public static let recordsOffset: UInt = 8
    public static let onesOffset: UInt = 16
    public static let packedOffset: UInt = 24
    public static let fractionOffset: UInt = 32
    public static let spilledOffset: UInt = 40
    public static let packedShift: UInt64 = 24
    public static let latestOffset: UInt = 16
    public static let passesOffset: UInt = 24
    public static let timeOffset: UInt = 32
    public static let busyOffset: UInt = 16
    public static let countOffset: UInt = 24
    public static let sumOffset: UInt = 32
    public static let minimumOffset: UInt = 40
    public static let maximumOffset: UInt = 48

    /// What a cell holds.
    package enum Kind: UInt64 {
        case counter = 1
        case gauge = 2
        case summary = 3
    }

    /// Where the block begins. A number, because a pointer may not cross threads on its own word; the protocol
    /// above is what makes it safe to.
    private let address: UInt
    public let metricLimit: Int
    public let stripeCount: Int

    package init(metricLimit: Int, stripeCount: Int) {
        self.metricLimit = metricLimit
        self.stripeCount = stripeCount
        let byteCount = metricLimit * stripeCount * Self.cellStride
        let block = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 128)
        // The block just allocated; all zero is the beginning of every word.
        unsafe block.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
        address = UInt(bitPattern: block)
    }

    deinit {
        // The block allocated in `init`; no handle is left, since each holds a reference to this object.
        unsafe UnsafeMutableRawPointer(bitPattern: address)?.deallocate()
    }

    /// Where the metric's cell of the first stripe begins. Traps outside the limit.
    package func cell(_ metric: Int) -> UInt {
        precondition(metric >= 0 && metric < metricLimit, "an aggregated metric's number is below the limit")
        return address + UInt(metric * Self.cellStride)
    }

    /// From a cell to the same metric's in the next stripe.
    public var stripeStride: UInt { UInt(metricLimit * Self.cellStride) }

    /// A word that is counted in.
    @inlinable public static func word(_ address: UInt) -> UnsafeMutablePointer<Atomic<UInt64>> {
        // Never nil: an address inside the allocated block.
        unsafe UnsafeMutablePointer(bitPattern: address).unsafelyUnwrapped
    }

    /// Adds to a word that holds a Double. Lock-free: it repeats only where another addition succeeded.
    @inlinable public static func add(_ value: Double, to address: UInt) {
        // Inside a cell, as the caller's offset says.
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

    /// Sum and records of a packed word.
    package static func unpack(_ packed: UInt64) -> (sum: Int64, records: UInt64) {
        (Int64(bitPattern: packed) >> Int64(packedShift), packed & (1 << packedShift - 1))
    }

    /// Moves what a packed word holds to where there is room for more. Whoever else does so at the same time finds
    /// what came after.
    @inline(never) @usableFromInline
    package static func spill(_ cell: UInt) {
        let (sum, records) = unpack(take(cell + packedOffset))
        // Both inside the cell.
        unsafe word(cell + spilledOffset).pointee.wrappingAdd(UInt64(bitPattern: sum), ordering: .relaxed)
        unsafe word(cell + recordsOffset).pointee.wrappingAdd(records, ordering: .releasing)
    }

    /// Takes a word's content and leaves zero. A word that is zero is only read, so that a flush does not pull the
    /// lines of silent metrics from one processor to the other.
    package static func take(_ address: UInt) -> UInt64 {
        // Inside a cell, as the caller's offset says.
        if unsafe word(address).pointee.load(ordering: .relaxed) == 0 { return 0 }
        return unsafe word(address).pointee.exchange(0, ordering: .acquiringAndReleasing)
    }
}
