/// The results of a whole measurement.
package struct BenchReport: Codable, Sendable, Equatable {
    package let machine: BenchMachine
    package let plan: BenchPlan
    /// The rows in the order of measurement.
    package private(set) var rows: [BenchRow] = []
    /// Events recorded in all loads.
    package private(set) var eventsOffered: UInt64 = 0
    /// Events delivered in all loads.
    package private(set) var eventsDelivered: UInt64 = 0
    /// Events that the accounting cannot explain; must be 0.
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

    /// Adds a row with these rounds.
    package mutating func add(
        _ name: String, _ title: String, _ unit: BenchUnit, _ bar: BenchBar, _ rounds: [Double], _ method: String
    ) {
        rows.append(BenchRow(name: name, title: title, unit: unit, bar: bar, rounds: rounds, method: method))
    }

    /// Adds a load's accounting.
    package mutating func audit(_ run: LoadRun) {
        eventsOffered += run.offered
        eventsDelivered += run.arrivals.events
        eventsUnaccounted += run.unaccounted.magnitude + run.arrivals.unreadable
    }

    /// The number of rows with this verdict.
    package func count(_ verdict: BenchVerdict) -> Int { rows.count { $0.verdict == verdict } }

    /// Whether every measured row is at least this good.
    package func reaches(_ wanted: BenchVerdict) -> Bool {
        rows.allSatisfy { $0.verdict == .unmeasured || $0.verdict.reaches(wanted) }
    }

    /// Whether anything was delivered. If not, no row means anything.
    package var hasTraffic: Bool { eventsDelivered > 0 }
}
