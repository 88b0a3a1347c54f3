import SystemIO

/// A hot path set up: runs its operation as often as asked.
package struct HotLoop {
    private let body: (Int) -> Void
    private let rest: () throws -> Void
    private let end: () throws -> Void

    /// - Parameters:
    ///   - rest: between batches, not timed: empties what the batch filled
    ///   - end: gives back what was set up
    init(
        _ body: @escaping (Int) -> Void, rest: @escaping () throws -> Void = {}, end: @escaping () throws -> Void = {}
    ) {
        self.body = body
        self.rest = rest
        self.end = end
    }

    /// One batch: `count` operations.
    package func run(_ count: Int) { body(count) }

    package func settle() throws { try rest() }

    package func finish() throws { try end() }

    /// Processor time of one operation in a batch of `count`, in nanoseconds: what other programs take is not in it.
    package func time(_ count: Int) -> Double {
        let before = SystemClock.threadNanoseconds
        body(count)
        return Double(SystemClock.threadNanoseconds - before) / Double(count)
    }
}

/// Where results go that nobody asks for, so that the work behind them is done.
package enum BlackHole {
    @inline(never)
    package static func swallow<Value>(_ value: Value) { withExtendedLifetime(value) {} }
}
