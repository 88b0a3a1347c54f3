import StatsModel
import StatsReceiver

/// The law in values, for clients that aggregate. One of their records stands for many events, so the counts and contents rest on
/// the client's own report. The sums of values do not.
extension RunAccounting {
    /// The number of value faults that a record shows.
    static let valueFaultsShown = 8

    /// Checks each counter, timing, histogram and distribution: offered = delivered + lost + refused + lost later, as sums of
    /// values divided by their sample rates. Whole numbers must agree exactly, others to one part in 10^9. Means of timings must
    /// agree as exactly as a mean can.
    ///
    /// - Parameter later: the sums of the values that clients accepted and lost later, by the hash of the metric's key
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

    /// Whether the rounding of means explains the difference of the sums. A mean is seldom a whole number, and each event that it
    /// stands for may be off by half a unit in its last place.
    static func isRounding(_ a: WeightedSum, _ b: WeightedSum, of events: UInt64) -> Bool {
        (a.sum - b.sum).magnitude <= Double(events) * 0.5.ulp * max(a.magnitude, b.magnitude)
    }

    /// Whether values of this type can be added up. Only a gauge's latest value matters, and a set's members are not numbers.
    private static func addsUp(_ type: MetricType) -> Bool {
        switch type {
        case .counter, .timing, .histogram, .distribution: true
        case .gauge, .set, .event, .serviceCheck: false
        }
    }
}
