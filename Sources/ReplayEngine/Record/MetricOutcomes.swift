import StatsModel
import StatsReceiver

/// Every metric of a run on both sides, sorted by type and by the bytes of its label.
///
/// A collection that makes its elements when it is asked for them: names stay where the run's catalog keeps them, each
/// once, and numbers where they were counted. Asking for an element is O(length of its label), and allocates it.
package struct MetricOutcomes: RandomAccessCollection, Sendable {
    private let catalog: MetricCatalog
    private let offered: EventSums
    private let delivered: EventSums
    private let order: [UInt32]
    /// Of those that running totals restored anything of: how many events, and what they add up to.
    var restored: [UInt32: (count: UInt64, value: Double)] = [:]
    var critical: Set<UInt32> = []
    /// Elements that were made one by one.
    private let listed: [MetricOutcome]?

    /// - Parameter order: numbers of the catalog's metrics, sorted
    init(catalog: MetricCatalog, order: [UInt32], offered: EventSums, delivered: EventSums) {
        self.catalog = catalog
        self.order = order
        self.offered = offered
        self.delivered = delivered
        listed = nil
    }

    /// These elements, which are sorted.
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

    /// The same elements with empty labels, for whoever adds numbers up: none is allocated.
    package var unlabelled: some Sequence<MetricOutcome> {
        indices.lazy.map { outcome($0, hasLabel: false) }
    }

    private func outcome(_ position: Int, hasLabel: Bool) -> MetricOutcome {
        if let listed { return listed[position] }
        let number = order[position]
        let metric = MetricID(number)
        let type = catalog.type(of: metric)
        let (before, after) = (offered.numbers(of: metric, in: catalog), delivered.numbers(of: metric, in: catalog))
        let restored = self.restored[number] ?? (0, 0)
        return MetricOutcome(
            type: type, label: hasLabel ? catalog.label(of: metric) : "", offered: before.events, delivered: after.events,
            offeredValue: before.value(of: type), deliveredValue: after.value(of: type), restored: restored.count,
            restoredValue: restored.value, isCritical: critical.contains(number))
    }
}

extension MetricOutcomes: Equatable {
    package static func == (a: Self, b: Self) -> Bool { a.count == b.count && a.elementsEqual(b) }
}

extension MetricOutcomes: ExpressibleByArrayLiteral {
    package init(arrayLiteral elements: MetricOutcome...) { self.init(elements) }
}
