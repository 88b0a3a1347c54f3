public import StatsModel

/// From which fill of the buffer on which share of events is kept.
public struct SamplingPlan: Sendable, Equatable {
    public struct Step: Sendable, Equatable {
        /// The step holds while the buffer is at least this full.
        public let fill: Ratio
        /// The share of events that is kept meanwhile; more than zero, since a survivor stands for `1 / keep` events.
        public let keep: Ratio

        public init(fill: Ratio, keep: Ratio) {
            precondition(!keep.isZero, "nobody survives to stand for what a plan without survivors leaves out")
            self.fill = fill
            self.keep = keep
        }
    }

    public let steps: [Step]

    /// - Parameter steps: the fuller the buffer, the smaller the share kept; else traps
    public init(_ steps: [Step]) {
        for (lower, upper) in zip(steps, steps.dropFirst()) {
            precondition(lower.fill.isLess(than: upper.fill), "a plan's steps rise with the fill")
            precondition(upper.keep.isLess(than: lower.keep), "a fuller buffer keeps fewer events")
        }
        self.steps = steps
    }

    /// Half from three quarters of the buffer on, a tenth from nine tenths.
    public static let standard = SamplingPlan([
        Step(fill: Ratio(75, outOf: 100), keep: Ratio(50, outOf: 100)),
        Step(fill: Ratio(90, outOf: 100), keep: Ratio(10, outOf: 100)),
    ])

    /// The share to keep at this fill; nil where all are. O(steps).
    public func keep(count: Int, capacity: Int) -> Ratio? {
        steps.last { $0.fill.isReached(count: count, capacity: capacity) }?.keep
    }
}

extension Ratio {
    /// Whether `count` of `capacity` is at least this share; exact.
    func isReached(count: Int, capacity: Int) -> Bool {
        UInt128(count) * UInt128(denominator) >= UInt128(numerator) * UInt128(capacity)
    }

    func isLess(than other: Ratio) -> Bool {
        UInt128(numerator) * UInt128(other.denominator) < UInt128(other.numerator) * UInt128(denominator)
    }
}
