import StatsModel
import StatsReceiver

/// The law in values, for clients that add events up: counts and contents are then the client's own word, since one
/// record stands for many events. What the values add up to is not.
extension RunBooks {
    /// Value faults that a record shows.
    static let valueFaultsShown = 8

    /// Per counter, timing, histogram and distribution: values offered = delivered + died + refused + lost later, each
    /// divided by its sample rate. Exact for whole numbers, to one part in 10^9 else.
    ///
    /// - Parameter later: what clients took and lost later, by the metric's key
    func valueFaults(lostLater later: [UInt64: WeightedSum]) -> [String] {
        guard comparesValues else { return [] }
        var faults: [String] = []
        for index in 0..<catalog.count {
            let metric = MetricID(UInt32(index))
            let type = catalog.type(of: metric)
            guard Self.addsUp(type), offered.events(of: metric) > 0 else { continue }
            var accounted = later[catalog.keyHash(of: metric)] ?? WeightedSum()
            for part in [delivered, died, refused] { accounted += part.numbers(of: metric, in: catalog).weighted }
            let offered = offered.numbers(of: metric, in: catalog).weighted
            if offered.agrees(with: accounted) { continue }
            if faults.count == Self.valueFaultsShown { break }
            faults.append(
                "\(type.name) \(catalog.label(of: metric)): values of \(offered.sum) offered, \(accounted.sum) accounted for")
        }
        return faults
    }

    /// Of gauges only the latest value matters, and a set's members are no numbers.
    private static func addsUp(_ type: MetricType) -> Bool {
        switch type {
        case .counter, .timing, .histogram, .distribution: true
        case .gauge, .set, .event, .serviceCheck: false
        }
    }
}
