/// Where every event went: offered on the left, delivered and each named loss on the right.
public struct Ledger: Sendable, Equatable {
    public var offered = Tally()
    public var delivered = Tally()
    /// Contents of events that left the client in another form than they were offered, minus the contents of that form:
    /// of survivors of sampling, whose rate changes, and of aggregated events, which leave as one record.
    public var folded: UInt64 = 0
    private var losses: [Tally]

    public init() { losses = Array(repeating: Tally(), count: LossCause.count) }

    public subscript(_ cause: LossCause) -> Tally {
        get { losses[Int(cause.rawValue)] }
        set { losses[Int(cause.rawValue)] = newValue }
    }

    public mutating func recordLoss(_ cause: LossCause, _ type: MetricType, content: UInt64) {
        losses[Int(cause.rawValue)].add(type, content: content)
    }

    /// Enters a record that stands for `count` events.
    public mutating func recordLoss(_ cause: LossCause, _ type: MetricType, count: UInt32, content: UInt64) {
        losses[Int(cause.rawValue)].add(type, count: count, content: content)
    }

    /// Enters everything that another ledger counts as lost, under the same causes.
    package mutating func addLosses(of other: borrowing Ledger) {
        for index in losses.indices { losses[index] += other.losses[index] }
    }

    /// Everything lost, under whatever name.
    public var lost: Tally {
        losses.reduce(into: Tally()) { $0 += $1 }
    }

    /// offered - (delivered + lost), per type, as signed differences: all zero when the law holds.
    public var imbalance: [MetricType: Int64] {
        let right = delivered.counts + lost.counts
        var result: [MetricType: Int64] = [:]
        for type in MetricType.allCases where offered.counts[type] != right[type] {
            result[type] = Int64(bitPattern: offered.counts[type] &- right[type])
        }
        return result
    }

    /// Whether what was said balances as well: the contents offered are those delivered or lost, and those folded.
    public var contentsBalance: Bool {
        offered.contents == delivered.contents &+ lost.contents &+ folded
    }
}
