/// The accounting of all events: offered on one side, delivered and each named loss on the other.
public struct Ledger: Sendable, Equatable {
    /// Events that were offered.
    public var offered = Tally()
    /// Events that reached the receiver.
    public var delivered = Tally()
    /// The content adjustment: contents of offered events that left the client in another form, minus the contents of that form.
    /// Sampling changes the rate of its survivors, and aggregation turns several events into one record.
    public var contentAdjustment: UInt64 = 0
    private var losses: [Tally]

    /// A ledger without events.
    public init() { losses = Array(repeating: Tally(), count: LossCause.count) }

    /// The events lost for this cause.
    public subscript(_ cause: LossCause) -> Tally {
        get { losses[Int(cause.rawValue)] }
        set { losses[Int(cause.rawValue)] = newValue }
    }

    /// Records the loss of one event.
    public mutating func recordLoss(_ cause: LossCause, _ type: MetricType, content: UInt64) {
        losses[Int(cause.rawValue)].add(type, content: content)
    }

    /// Records the loss of a record that stands for `count` events.
    public mutating func recordLoss(_ cause: LossCause, _ type: MetricType, count: UInt32, content: UInt64) {
        losses[Int(cause.rawValue)].add(type, count: count, content: content)
    }

    /// Adds all losses of another ledger under the same causes.
    package mutating func addLosses(of other: borrowing Ledger) {
        for index in losses.indices { losses[index] += other.losses[index] }
    }

    /// All losses together.
    public var lost: Tally {
        losses.reduce(into: Tally()) { $0 += $1 }
    }

    /// offered - (delivered + lost) for each type, as a signed difference. All zero if the law of conservation holds.
    public var imbalance: [MetricType: Int64] {
        let right = delivered.counts + lost.counts
        var result: [MetricType: Int64] = [:]
        for type in MetricType.allCases where offered.counts[type] != right[type] {
            result[type] = Int64(bitPattern: offered.counts[type] &- right[type])
        }
        return result
    }

    /// Whether the contents balance as well: the contents offered are the contents delivered or lost, plus the content
    /// adjustment.
    public var contentsBalance: Bool {
        offered.contents == delivered.contents &+ lost.contents &+ contentAdjustment
    }
}
