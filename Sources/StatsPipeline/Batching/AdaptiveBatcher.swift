/// Chooses the number of events in a packet by the fill level of the buffer: small batches for low latency while there is little
/// traffic, and large ones for throughput under load.
///
/// The next level depends on the present one (hysteresis), so that it does not flutter at a border. By the buffer's utilisation:
///
/// | level | below 25 % | 25 to below 50 % | 50 to 75 % | above 75 % |
/// |---|---|---|---|---|
/// | small | small | small | small at 50 %, else medium | large |
/// | medium | small | medium | medium | large |
/// | large | small | medium | large | large |
///
/// A level is thus entered above 50 % or 75 %, and left below 25 % or 50 %: the utilisation has to fall by a quarter of the
/// buffer before a step is taken back. A fall through several borders takes several steps at once.
package struct AdaptiveBatcher: Sendable {
    package enum Level: CaseIterable, Sendable {
        case small, medium, large
    }

    package let minimumSize: Int
    package let maximumSize: Int
    package private(set) var level = Level.small

    /// - Parameters:
    ///   - minimumSize: events of a batch with little traffic, at least 1
    ///   - maximumSize: events of a batch under load, at least `minimumSize`
    package init(minimumSize: Int, maximumSize: Int) {
        precondition(minimumSize > 0, "a batch holds at least one event")
        precondition(minimumSize <= maximumSize, "the smallest batch is not larger than the largest")
        self.minimumSize = minimumSize
        self.maximumSize = maximumSize
    }

    /// The present size of a batch: the minimum, the middle (rounded down) or the maximum.
    package var batchSize: Int {
        switch level {
        case .small: minimumSize
        case .medium: minimumSize + (maximumSize - minimumSize) / 2
        case .large: maximumSize
        }
    }

    /// Chooses the level for the buffer's fill level. Call it once per batch, or once per wake-up. O(1).
    package mutating func recordUtilisation(count: Int, capacity: Int) {
        precondition(capacity > 0 && count >= 0, "a utilisation is of a buffer that exists")
        level = Self.next(level, count: count, capacity: capacity)
    }

    private static func next(_ level: Level, count: Int, capacity: Int) -> Level {
        // In quarters of the capacity, so that the comparisons are exact.
        let quarters = count.multipliedFullWidth(by: 4)
        let isAbove = { (border: Int) in isGreater(quarters, capacity.multipliedFullWidth(by: border)) }
        let isBelow = { (border: Int) in isGreater(capacity.multipliedFullWidth(by: border), quarters) }
        if isAbove(3) { return .large }
        if isBelow(1) { return .small }
        switch level {
        case .small: return isAbove(2) ? .medium : .small
        case .medium: return .medium
        case .large: return isBelow(2) ? .medium : .large
        }
    }

    private static func isGreater(_ a: (high: Int, low: UInt), _ b: (high: Int, low: UInt)) -> Bool {
        a.high != b.high ? a.high > b.high : a.low > b.low
    }
}
