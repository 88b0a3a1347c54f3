/// One path of the client that must be fast: what one operation of it is, the bar of its time and of its allocations.
///
/// The benchmark suite times it, and the tests hold its allocations to the limit, so that both mean the same code.
public struct HotPath: Sendable {
    public let name: String
    /// Nanoseconds of one operation at most; nil where no bar is set.
    public let bar: Double?
    /// Requests to the heap for each operation at most, once warm.
    public let allocationLimit: Double
    /// Requests to the heap that a batch may make beside those of its operations: what its loop itself sets up.
    public let batchAllocations: Int
    /// Operations in one timed batch: long beside the clock's reading, short beside a ring's length.
    public let batch: Int
    /// Sets everything up. Throws where there is no socket or thread.
    public let prepare: @Sendable () throws -> HotLoop

    init(
        _ name: String, bar: Double? = nil, allocationLimit: Double = 0, batchAllocations: Int = 0,
        batch: Int = 1000,
        prepare: @escaping @Sendable () throws -> HotLoop
    ) {
        self.name = name
        self.bar = bar
        self.allocationLimit = allocationLimit
        self.batchAllocations = batchAllocations
        self.batch = batch
        self.prepare = prepare
    }

    /// Every one, in the order of the report.
    public static var all: [HotPath] {
        recording + structures + encoding + decoding + parity + harness
    }
}
