/// What a whole measurement gave.
public struct BenchReport: Codable, Sendable, Equatable {
    public let machine: BenchMachine
    public let plan: BenchPlan
    public private(set) var rows: [BenchRow] = []
    /// Events recorded and delivered in all loads, and those that no book explains; the last must be 0.
    public private(set) var eventsOffered: UInt64 = 0
    public private(set) var eventsDelivered: UInt64 = 0
    public private(set) var eventsUnaccounted: UInt64 = 0

    enum CodingKeys: String, CodingKey {
        case machine, plan, rows
        case eventsOffered = "events_offered"
        case eventsDelivered = "events_delivered"
        case eventsUnaccounted = "events_unaccounted"
    }

    public init(machine: BenchMachine, plan: BenchPlan) {
        self.machine = machine
        self.plan = plan
    }

    public mutating func add(
        _ name: String, _ title: String, _ unit: BenchUnit, _ bar: BenchBar, _ rounds: [Double], _ method: String
    ) {
        rows.append(BenchRow(name: name, title: title, unit: unit, bar: bar, rounds: rounds, method: method))
    }

    /// Takes a load's books into account.
    public mutating func audit(_ run: LoadRun) {
        eventsOffered += run.offered
        eventsDelivered += run.arrivals.events
        eventsUnaccounted += run.unaccounted.magnitude + run.arrivals.unreadable
    }

    /// How many rows stand at each verdict.
    public func count(_ verdict: BenchVerdict) -> Int { rows.count { $0.verdict == verdict } }

    /// Whether every row that could be measured is at least this good.
    public func reaches(_ wanted: BenchVerdict) -> Bool {
        rows.allSatisfy { $0.verdict == .unmeasured || $0.verdict.reaches(wanted) }
    }

    /// Whether anything was delivered at all; without that no row says anything.
    public var hasTraffic: Bool { eventsDelivered > 0 }
}
