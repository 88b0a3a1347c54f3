/// What a whole measurement gave.
package struct BenchReport: Codable, Sendable, Equatable {
    package let machine: BenchMachine
    package let plan: BenchPlan
    package private(set) var rows: [BenchRow] = []
    /// Events recorded and delivered in all loads, and those that no book explains; the last must be 0.
    package private(set) var eventsOffered: UInt64 = 0
    package private(set) var eventsDelivered: UInt64 = 0
    package private(set) var eventsUnaccounted: UInt64 = 0

    enum CodingKeys: String, CodingKey {
        case machine, plan, rows
        case eventsOffered = "events_offered"
        case eventsDelivered = "events_delivered"
        case eventsUnaccounted = "events_unaccounted"
    }

    package init(machine: BenchMachine, plan: BenchPlan) {
        self.machine = machine
        self.plan = plan
    }

    package mutating func add(
        _ name: String, _ title: String, _ unit: BenchUnit, _ bar: BenchBar, _ rounds: [Double], _ method: String
    ) {
        rows.append(BenchRow(name: name, title: title, unit: unit, bar: bar, rounds: rounds, method: method))
    }

    /// Takes a load's books into account.
    package mutating func audit(_ run: LoadRun) {
        eventsOffered += run.offered
        eventsDelivered += run.arrivals.events
        eventsUnaccounted += run.unaccounted.magnitude + run.arrivals.unreadable
    }

    /// How many rows stand at each verdict.
    package func count(_ verdict: BenchVerdict) -> Int { rows.count { $0.verdict == verdict } }

    /// Whether every row that could be measured is at least this good.
    package func reaches(_ wanted: BenchVerdict) -> Bool {
        rows.allSatisfy { $0.verdict == .unmeasured || $0.verdict.reaches(wanted) }
    }

    /// Whether anything was delivered at all; without that no row says anything.
    package var hasTraffic: Bool { eventsDelivered > 0 }
}
