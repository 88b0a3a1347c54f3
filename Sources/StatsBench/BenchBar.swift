/// The guide's bars for one row: target, excellent and poor, in the row's unit.
package struct BenchBar: Codable, Sendable, Equatable {
    package enum Direction: String, Codable, Sendable {
        /// Below the bar is good.
        case below
        /// Above the bar is good.
        case above
    }

    package let direction: Direction
    package let target: Double
    package let excellent: Double
    package let poor: Double

    /// Traps where the three do not follow each other: excellent is the hardest, poor the easiest.
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

    /// Strictly better than a bar reaches it, strictly worse than `poor` is poor; no number is poor too. A bar of 0 from
    /// below is reached by 0: nothing is less than none.
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
