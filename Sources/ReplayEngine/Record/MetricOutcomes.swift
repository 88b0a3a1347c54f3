import StatsModel
package import StatsPipeline
import StatsReceiver

/// Every metric of a run with its offered and delivered values, sorted by type and by the bytes of its label.
///
/// The collection creates its elements on demand. Names stay in the run's catalog, once each, and numbers stay where they were
/// counted. Reading an element allocates it. O(length of its label).
package struct MetricOutcomes: RandomAccessCollection, Sendable {
    private let catalog: MetricCatalog
    private let offered: EventSums
    private let delivered: EventSums
    private let order: [UInt32]
    /// Metrics with events that running totals recovered: the number of these events, and their sum.
    var recovered: [UInt32: (count: UInt64, value: Double)] = [:]
    var critical: Set<UInt32> = []
    /// The elements, if they were given as a list.
    private let listed: [MetricOutcome]?

    /// - Parameter order: the sorted numbers of the catalog's metrics
    init(catalog: MetricCatalog, order: [UInt32], offered: EventSums, delivered: EventSums) {
        self.catalog = catalog
        self.order = order
        self.offered = offered
        self.delivered = delivered
        listed = nil
    }

    /// A collection of these elements, which must be sorted.
    package init(_ outcomes: [MetricOutcome]) {
        catalog = MetricCatalog(limit: 1)
        order = []
        offered = EventSums()
        delivered = EventSums()
        listed = outcomes
    }

    package var startIndex: Int { 0 }
    package var endIndex: Int { listed?.count ?? order.count }

    package subscript(position: Int) -> MetricOutcome { outcome(position, hasLabel: true) }

    /// The same elements with empty labels, for adding up numbers without allocating.
    package var unlabelled: some Sequence<MetricOutcome> {
        indices.lazy.map { outcome($0, hasLabel: false) }
    }

    private func outcome(_ position: Int, hasLabel: Bool) -> MetricOutcome {
        if let listed { return listed[position] }
        let number = order[position]
        let metric = MetricID(number)
        let type = catalog.type(of: metric)
        let (before, after) = (offered.numbers(of: metric, in: catalog), delivered.numbers(of: metric, in: catalog))
        let recovered = self.recovered[number] ?? (0, 0)
        return MetricOutcome(
            type: type, label: hasLabel ? catalog.label(of: metric) : "", offered: before.events, delivered: after.events,
            offeredValue: before.value(of: type), deliveredValue: after.value(of: type), recovered: recovered.count,
            recoveredValue: recovered.value, isCritical: critical.contains(number))
    }
}

extension MetricOutcomes {
    /// The pool of each pattern's metrics, in the order of the patterns. Events and service checks belong to no pool. O(metrics ×
    /// patterns).
    package func pools(of patterns: [MetricPattern]) -> [MetricPool] {
        var pools = patterns.map { _ in MetricPool() }
        guard !patterns.isEmpty else { return pools }
        for position in indices {
            let outcome = outcome(position, hasLabel: false)
            guard outcome.type.isMetric else { continue }
            withName(at: position) { name in
                for index in patterns.indices where patterns[index].matches(name) { pools[index].add(outcome) }
            }
        }
        return pools
    }

    /// Calls `body` with the bytes of a metric's name, without its tags. An element of a given list has only its label, in which
    /// the name ends where the tags begin.
    private func withName(at position: Int, _ body: (Span<UInt8>) -> Void) {
        if let listed {
            let name = Array(listed[position].label.utf8.prefix { $0 != UInt8(ascii: "{") && $0 != UInt8(ascii: "|") })
            return body(name.span)
        }
        let metric = MetricID(order[position])
        let key = catalog.key(of: metric)
        catalog.withBytes(of: metric) { body($0.extracting(key.name.range)) }
    }
}

extension MetricOutcomes: Equatable {
    package static func == (a: Self, b: Self) -> Bool { a.count == b.count && a.elementsEqual(b) }
}

extension MetricOutcomes: ExpressibleByArrayLiteral {
    package init(arrayLiteral elements: MetricOutcome...) { self.init(elements) }
}
