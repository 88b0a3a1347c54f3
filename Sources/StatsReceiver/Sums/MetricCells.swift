import StatsModel

/// The values of many metrics, packed in an array by catalog number: 24 bytes for each metric, and 40 more for each metric with a
/// spread of values (timings, histograms, distributions). ``MetricNumbers`` defines their meaning.
///
/// | type | first word | second word |
/// |---|---|---|
/// | counter | sum | magnitude |
/// | gauge | level | timestamp of the level |
/// | timing, histogram, distribution | index of the spread | |
/// | set | members | |
struct MetricCells: Sendable {
    private struct Cell: Sendable, BitwiseCopyable {
        /// Twice the number of events. The lowest bit is set if a weighted value was not a whole number.
        var count: UInt64 = 0
        var first: UInt64 = 0
        var second: UInt64 = 0
    }

    private struct Spread: Sendable, BitwiseCopyable {
        var sum = 0.0
        var weighted = 0.0
        var magnitude = 0.0
        var minimum = Double.infinity
        var maximum = -Double.infinity
    }

    private var cells: [Cell] = []
    private var spreads: [Spread] = []

    /// All metrics with events have numbers below this bound.
    var count: Int { cells.count }

    /// The bytes of its arrays, including reserved capacity.
    var byteCount: Int { cells.capacity * MemoryLayout<Cell>.stride + spreads.capacity * MemoryLayout<Spread>.stride }

    /// Begins to fetch the sums of metrics that are recorded soon. Changes nothing.
    ///
    /// - Parameter metrics: the metrics' numbers, `count` of them
    func prefetch(_ metrics: Prefetch.Rows, count: Int) {
        unsafe Prefetch.rows(metrics, count: count, of: cells.span.bytes, stride: MemoryLayout<Cell>.stride)
    }

    /// Begins to fetch the spreads of metrics, after ``prefetch(_:count:)`` has fetched their other sums.
    ///
    /// - Parameter metrics: the numbers of metrics that have spreads, `count` of them
    func prefetchSpreads(_ metrics: Prefetch.Rows, count: Int) {
        var places = Prefetch.Rows(repeating: -1)
        for index in 0..<count where metrics[index] >= 0 {
            let metric = Int(metrics[index])
            guard metric < cells.count, cells[metric].count > 1 else { continue }
            places[index] = Int32(truncatingIfNeeded: cells[metric].first)
        }
        unsafe Prefetch.rows(places, count: count, of: spreads.span.bytes, stride: MemoryLayout<Spread>.stride)
    }

    /// Counts one record of a metric. O(1), except that the first record of a metric extends the array up to the metric's number.
    ///
    /// - Parameter member: for a set, the hash of its member times the number of events that the record stands for
    mutating func record(
        _ metric: MetricID, _ type: MetricType, value: Double, rate: Double, count: UInt32, flags: EventFlags, timestamp: Int64,
        member: UInt64
    ) {
        let index = metric.index
        while index >= cells.count { cells.append(Cell()) }
        let isFirst = cells[index].count < 2
        cells[index].count &+= UInt64(count) << 1
        switch type {
        case .counter:
            let weighted = rate == 1 ? value : value / rate
            cells[index].first = Self.sum(cells[index].first, weighted)
            cells[index].second = Self.sum(cells[index].second, weighted.magnitude)
            if weighted != weighted.rounded() { cells[index].count |= 1 }
        case .gauge:
            recordLevel(
                index, value, isChange: flags.contains(.gaugeDelta), timestamp: timestamp, isFirst: isFirst)
        case .timing, .histogram, .distribution:
            if isFirst {
                cells[index].first = UInt64(spreads.count)
                spreads.append(Spread())
            }
            recordSpread(index, value, rate: rate, count: count)
        case .set: cells[index].first &+= member
        case .event, .serviceCheck: break
        }
    }

    private static func sum(_ bits: UInt64, _ value: Double) -> UInt64 { (Double(bitPattern: bits) + value).bitPattern }

    private mutating func recordSpread(_ index: Int, _ value: Double, rate: Double, count: UInt32) {
        let place = Int(cells[index].first)
        let weighted = rate == 1 ? value : value / rate
        spreads[place].sum += count == 1 ? value : value * Double(count)
        spreads[place].weighted += weighted
        spreads[place].magnitude += weighted.magnitude
        if weighted != weighted.rounded() { cells[index].count |= 1 }
        if value < spreads[place].minimum { spreads[place].minimum = value }
        if value > spreads[place].maximum { spreads[place].maximum = value }
    }

    private mutating func recordLevel(_ index: Int, _ value: Double, isChange: Bool, timestamp: Int64, isFirst: Bool) {
        let known = isFirst ? Int64.min : Int64(bitPattern: cells[index].second)
        if isChange {
            cells[index].first = Self.sum(cells[index].first, value)
            cells[index].second = UInt64(bitPattern: max(known, timestamp))
        } else if timestamp >= known {
            cells[index].first = value.bitPattern
            cells[index].second = UInt64(bitPattern: timestamp)
        }
    }

    /// The number of events of a metric. O(1).
    func events(of metric: MetricID) -> UInt64 { metric.index < cells.count ? cells[metric.index].count >> 1 : 0 }

    /// The values of a metric. `type` must be the type that was recorded. O(1).
    func numbers(of metric: MetricID, _ type: MetricType) -> MetricNumbers {
        var numbers = MetricNumbers()
        guard metric.index < cells.count, cells[metric.index].count > 1 else { return numbers }
        let cell = cells[metric.index]
        let areWhole = cell.count & 1 == 0
        numbers.events = cell.count >> 1
        switch type {
        case .counter:
            numbers.sum = Double(bitPattern: cell.first)
            numbers.weighted = WeightedSum(
                sum: numbers.sum, magnitude: Double(bitPattern: cell.second), areWhole: areWhole)
        case .gauge:
            numbers.level = Double(bitPattern: cell.first)
            numbers.levelTimestamp = Int64(bitPattern: cell.second)
        case .timing, .histogram, .distribution:
            let spread = spreads[Int(cell.first)]
            numbers.sum = spread.sum
            numbers.minimum = spread.minimum
            numbers.maximum = spread.maximum
            numbers.weighted = WeightedSum(sum: spread.weighted, magnitude: spread.magnitude, areWhole: areWhole)
        case .set: numbers.members = cell.first
        case .event, .serviceCheck: break
        }
        return numbers
    }
}
