/// The performance guide's limits for one row: target, excellent and poor, in the row's unit.
package struct BenchBar: Codable, Sendable, Equatable {
    /// Which side of the limits is good.
    package enum Direction: String, Codable, Sendable {
        /// Values below the limit are good.
        case below
        /// Values above the limit are good.
        case above
    }

    package let direction: Direction
    package let target: Double
    package let excellent: Double
    package let poor: Double

    /// Traps unless the limits are in order: excellent is the strictest, poor the loosest.
    package init(_ direction: Direction, target: Double, excellent: Double, poor: Double) {
        switch direction {
        case .below: precondition(excellent <= target && target <= poor, "bars from excellent up to poor")
        case .above: precondition(excellent >= target && target >= poor, "bars from excellent down to poor")
        }
        self.direction = direction
        self.target = target
        self.excellent = excellent
        self.poor = poor
    }

    /// A value that is strictly better than a limit reaches it. A value that is strictly worse than `poor` is poor, and so is
    /// one that is not finite. Where smaller is better, 0 reaches a limit of 0, because no value is less.
    package func verdict(of value: Double) -> BenchVerdict {
        if !value.isFinite { return .poor }
        if passes(value, excellent) { return .excellent }
        if passes(value, target) { return .target }
        let isPoor =
            switch direction {
            case .below: value > poor
            case .above: value < poor
            }
        return isPoor ? .poor : .missed
    }

    private func passes(_ value: Double, _ bar: Double) -> Bool {
        switch direction {
        case .below: value < bar || (bar == 0 && value == 0)
        case .above: value > bar
        }
    }
}
