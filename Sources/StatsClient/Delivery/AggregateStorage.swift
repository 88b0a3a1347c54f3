public import Synchronization

/// The memory of a ``LocalAggregator``: one cell of 64 bytes, a cache line, for each metric in each stripe.
///
/// Layout: stripe after stripe, each with all metrics, so that threads on different stripes share no line. All words
/// are 8 bytes; zero is "nothing yet" in each of them.
///
/// | offset | counter | gauge | summary |
/// |---|---|---|---|
/// | 0 | what it is (``Kind``), in the first stripe | the same | the same |
/// | 8 | records other than `1` | records | records |
/// | 16 | records of exactly `1` | value, as bits ^ ``nothing`` | 1 while somebody is inside |
/// | 24 | sum of whole values | 1: passes through | count, Double |
/// | 32 | sum of all others, Double | | sum, Double |
/// | 40 | | | minimum, Double |
/// | 48 | | | maximum, Double |
///
/// Protocol. Counter words only receive atomic additions, and a flush takes each by exchanging it for zero: what is
/// added is taken by exactly one flush, whatever happens at the same time. A gauge's value is stored whole and taken
/// by an exchange as well. A summary belongs to whoever moved its word 16 from 0 to 1 (acquiring), until it stores 0
/// (releasing); who finds it taken does not wait but passes its value through.
@usableFromInline
final class AggregateStorage: Sendable {
    @usableFromInline static let cellStride = 64
    @usableFromInline static let recordsOffset: UInt = 8
    @usableFromInline static let onesOffset: UInt = 16
    @usableFromInline static let wholeOffset: UInt = 24
    @usableFromInline static let fractionOffset: UInt = 32
    @usableFromInline static let latestOffset: UInt = 16
    @usableFromInline static let passesOffset: UInt = 24
    @usableFromInline static let busyOffset: UInt = 16
    @usableFromInline static let countOffset: UInt = 24
    @usableFromInline static let sumOffset: UInt = 32
    @usableFromInline static let minimumOffset: UInt = 40
    @usableFromInline static let maximumOffset: UInt = 48

    /// A NaN that no gauge has: a word of a gauge without a value, seen through `^`, is zero.
    @usableFromInline static let nothing: UInt64 = 0x7FF8_DEAD_0000_0001

    /// What a cell holds.
    enum Kind: UInt64 {
        case counter = 1
        case gauge = 2
        case summary = 3
    }

    /// Where the block begins. A number, because a pointer may not cross threads on its own word; the protocol
    /// above is what makes it safe to.
    private let address: UInt
    @usableFromInline let metricLimit: Int
    @usableFromInline let stripeCount: Int

    init(metricLimit: Int, stripeCount: Int) {
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
    func cell(_ metric: Int) -> UInt {
        precondition(metric >= 0 && metric < metricLimit, "an aggregated metric's number is below the limit")
        return address + UInt(metric * Self.cellStride)
    }

    /// From a cell to the same metric's in the next stripe.
    @usableFromInline var stripeStride: UInt { UInt(metricLimit * Self.cellStride) }

    /// A word that is counted in.
    @inlinable static func word(_ address: UInt) -> UnsafeMutablePointer<Atomic<UInt64>> {
        // Never nil: an address inside the allocated block.
        unsafe UnsafeMutablePointer(bitPattern: address).unsafelyUnwrapped
    }

    /// Adds to a word that holds a Double. Lock-free: it repeats only where another addition succeeded.
    @inlinable static func add(_ value: Double, to address: UInt) {
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

    /// Takes a word's content and leaves zero. A word that is zero is only read, so that a flush does not pull the
    /// lines of silent metrics from one processor to the other.
    static func take(_ address: UInt) -> UInt64 {
        // Inside a cell, as the caller's offset says.
        if unsafe word(address).pointee.load(ordering: .relaxed) == 0 { return 0 }
        return unsafe word(address).pointee.exchange(0, ordering: .acquiringAndReleasing)
    }
}
