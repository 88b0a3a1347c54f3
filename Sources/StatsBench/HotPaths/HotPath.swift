/// One path of the client that must be fast: what one operation of it is, the bar of its time and of its allocations.
///
/// The benchmark suite times it, and the tests hold its allocations to the limit, so that both mean the same code.
package struct HotPath: Sendable {
    package let name: String
    /// Nanoseconds of one operation at most; nil where no bar is set.
    package let bar: Double?
    /// Requests to the heap for each operation at most, once warm.
    package let allocationLimit: Double
    /// Requests to the heap that a batch may make beside those of its operations: what its loop itself sets up.
    package let batchAllocations: Int
    /// Operations in one timed batch: long beside the clock's reading, short beside a ring's length.
    package let batch: Int
    /// Sets everything up. Throws where there is no socket or thread.
    package let prepare: @Sendable () throws -> HotLoop

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
    package static var all: [HotPath] {
        recording + structures + encoding + decoding + parity + harness
    }
}
