/// One row of the guide's table of performance targets: the values of each round, and the verdict.
package struct BenchRow: Codable, Sendable, Equatable {
    /// The row's key in JSON: `push_latency_p99`.
    package let name: String
    /// The row's name in the text report.
    package let title: String
    /// The unit of the numbers.
    package let unit: BenchUnit
    /// The guide's limits for this row.
    package let bar: BenchBar
    /// One value for each round, in the order of measurement; empty if it could not be measured.
    package let rounds: [Double]
    /// How it was measured, or why it was not, in one sentence.
    package let method: String

    package init(name: String, title: String, unit: BenchUnit, bar: BenchBar, rounds: [Double], method: String) {
        self.name = name
        self.title = title
        self.unit = unit
        self.bar = bar
        self.rounds = rounds
        self.method = method
    }

    /// The median of the rounds (for an even number the mean of the two middle ones); nil without rounds.
    package var median: Double? { Quantiles.median(rounds) }

    /// The verdict on the median.
    package var verdict: BenchVerdict { median.map(bar.verdict) ?? .unmeasured }

    /// The lowest and the highest round; nil without rounds.
    package var spread: ClosedRange<Double>? {
        guard let least = rounds.min(), let most = rounds.max() else { return nil }
        return least...most
    }

    enum CodingKeys: String, CodingKey {
        case name, title, unit, bar, rounds, method, median, verdict
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(title, forKey: .title)
        try container.encode(unit, forKey: .unit)
        try container.encode(bar, forKey: .bar)
        try container.encode(rounds, forKey: .rounds)
        try container.encode(method, forKey: .method)
        try container.encode(median, forKey: .median)
        try container.encode(verdict, forKey: .verdict)
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        name = try container.decode(String.self, forKey: .name)
        title = try container.decode(String.self, forKey: .title)
        unit = try container.decode(BenchUnit.self, forKey: .unit)
        bar = try container.decode(BenchBar.self, forKey: .bar)
        rounds = try container.decode([Double].self, forKey: .rounds)
        method = try container.decode(String.self, forKey: .method)
    }
}
