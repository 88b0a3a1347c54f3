import StatsModel
import StatsReceiver

/// The law in values, for clients that add events up: counts and contents are then the client's own word, since one
/// record stands for many events. What the values add up to is not.
extension RunAccounting {
    /// Value faults that a record shows.
    static let valueFaultsShown = 8

    /// Per counter, timing, histogram and distribution: values offered = delivered + lost + refused + lost later, each
    /// divided by its sample rate. Exact for whole numbers, to one part in 10^9 else; where means stand for timings, as exact
    /// as those are.
    ///
    /// - Parameter later: what clients took and lost later, by the metric's key
    func valueFaults(lostLater later: [UInt64: WeightedSum]) -> [ValueFault] {
        guard comparesValues else { return [] }
        var faults: [ValueFault] = []
        for index in 0..<catalog.count {
            let metric = MetricID(UInt32(index))
            let type = catalog.type(of: metric)
            guard Self.addsUp(type), offered.events(of: metric) > 0 else { continue }
            var accounted = later[catalog.keyHash(of: metric)] ?? WeightedSum()
            for part in [delivered, lost, refused] { accounted += part.numbers(of: metric, in: catalog).weighted }
            let events = offered.events(of: metric)
            let offered = offered.numbers(of: metric, in: catalog).weighted
            if offered.agrees(with: accounted) { continue }
            if hasMeans, type != .counter, Self.isRounding(offered, accounted, of: events) { continue }
            if faults.count == Self.valueFaultsShown { break }
            faults.append(
                ValueFault(type: type, label: catalog.label(of: metric), offered: offered.sum, accounted: accounted.sum))
        }
        return faults
    }

    /// Whether the sums differ by no more than means make them: a mean is seldom a whole number, and each event that it stands for
    /// may be off by half a unit in its last place.
    static func isRounding(_ a: WeightedSum, _ b: WeightedSum, of events: UInt64) -> Bool {
        (a.sum - b.sum).magnitude <= Double(events) * 0.5.ulp * max(a.magnitude, b.magnitude)
    }

    /// Of gauges only the latest value matters, and a set's members are no numbers.
    private static func addsUp(_ type: MetricType) -> Bool {
        switch type {
        case .counter, .timing, .histogram, .distribution: true
        case .gauge, .set, .event, .serviceCheck: false
        }
    }
}
