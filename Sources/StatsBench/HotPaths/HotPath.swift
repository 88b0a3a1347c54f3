/// One performance-critical path of the client, with its limits for time and allocations per operation.
///
/// The benchmark suite measures the time, and the tests check the allocations. So both run the same code.
package struct HotPath: Sendable {
    /// The path's name in reports.
    package let name: String
    /// The most nanoseconds for one operation; nil without a limit.
    package let bar: Double?
    /// The most heap allocations per operation, once warm.
    package let allocationLimit: Double
    /// The most heap allocations of a batch in addition to those of its operations, for the setup of its loop.
    package let batchAllocations: Int
    /// Operations in one timed batch. A batch is long compared with reading the clock, and short compared with a ring's
    /// capacity.
    package let batch: Int
    /// Sets everything up. Throws if there is no socket or thread.
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

    /// All hot paths, in the order of the report.
    package static var all: [HotPath] {
        recording + structures + encoding + decoding + parity + harness
    }
}
