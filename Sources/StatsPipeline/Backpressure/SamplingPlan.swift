public import StatsModel

/// The share of events to keep at each fill level of the buffer.
public struct SamplingPlan: Sendable, Equatable {
    /// One step of a plan.
    public struct Step: Sendable, Equatable {
        /// The step applies while the buffer is at least this full.
        public let fill: Ratio
        /// The share of events to keep. It is more than zero, since each remaining event represents `1 / keep` events.
        public let keep: Ratio

        /// A step from its parts. Traps if `keep` is zero: the remaining events represent those left out, so some must remain.
        public init(fill: Ratio, keep: Ratio) {
            precondition(!keep.isZero, "a step keeps some events, which represent those it leaves out")
            self.fill = fill
            self.keep = keep
        }
    }

    /// The steps, in ascending order of fill level.
    public let steps: [Step]

    /// A plan of these steps. Traps unless each step has a higher fill level and a smaller share than the step before.
    public init(_ steps: [Step]) {
        for (lower, upper) in zip(steps, steps.dropFirst()) {
            precondition(lower.fill.isLess(than: upper.fill), "a plan's steps rise with the fill")
            precondition(upper.keep.isLess(than: lower.keep), "a fuller buffer keeps fewer events")
        }
        self.steps = steps
    }

    /// Half of the events from three quarters of the buffer on, and a tenth from nine tenths on.
    public static let standard = SamplingPlan([
        Step(fill: Ratio(75, outOf: 100), keep: Ratio(50, outOf: 100)),
        Step(fill: Ratio(90, outOf: 100), keep: Ratio(10, outOf: 100)),
    ])

    /// The share to keep at this fill level. nil if all events are kept. O(steps).
    public func keep(count: Int, capacity: Int) -> Ratio? {
        steps.last { $0.fill.isReached(count: count, capacity: capacity) }?.keep
    }
}

extension Ratio {
    /// Whether `count` of `capacity` is at least this share. Exact.
    func isReached(count: Int, capacity: Int) -> Bool {
        UInt128(count) * UInt128(denominator) >= UInt128(numerator) * UInt128(capacity)
    }

    func isLess(than other: Ratio) -> Bool {
        UInt128(numerator) * UInt128(other.denominator) < UInt128(other.numerator) * UInt128(denominator)
    }
}
