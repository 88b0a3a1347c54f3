import SystemIO

/// A hot path after its setup. It runs the operation any number of times.
package struct HotLoop {
    private let body: (Int) -> Void
    private let rest: () throws -> Void
    private let end: () throws -> Void

    /// - Parameters:
    ///   - rest: runs between batches and is not timed; empties the structures that a batch filled
    ///   - end: releases everything that the setup made
    init(
        _ body: @escaping (Int) -> Void, rest: @escaping () throws -> Void = {}, end: @escaping () throws -> Void = {}
    ) {
        self.body = body
        self.rest = rest
        self.end = end
    }

    /// Runs one batch of `count` operations.
    package func run(_ count: Int) { body(count) }

    /// Empties the structures that the last batch filled; not timed.
    package func settle() throws { try rest() }

    /// Releases everything that the setup made.
    package func finish() throws { try end() }

    /// Processor time of one operation in a batch of `count`, in nanoseconds. The time of other programs is not included.
    package func time(_ count: Int) -> Double {
        let before = SystemClock.threadNanoseconds
        body(count)
        return Double(SystemClock.threadNanoseconds - before) / Double(count)
    }
}

/// Consumes unused results, so that the compiler does not remove the work that made them.
package enum BlackHole {
    /// Uses the value without any effect.
    @inline(never)
    package static func swallow<Value>(_ value: Value) { withExtendedLifetime(value) {} }
}
