/// Chooses how many events a packet waits for, by how full the buffer is: small batches while it is quiet, for low
/// latency; large ones under load, for throughput.
///
/// The level depends on where it comes from, on purpose, so that it does not flutter at a border. At a utilisation of
///
/// | level | below 25 % | 25 to below 50 % | 50 to 75 % | above 75 % |
/// |---|---|---|---|---|
/// | small | small | small | small at 50 %, else medium | large |
/// | medium | small | medium | medium | large |
/// | large | small | medium | large | large |
///
/// So a level is entered above 50 % and 75 %, and left below 25 % and 50 %: the utilisation has to move by a quarter
/// of the buffer before a step is taken back. A drop through several borders takes several steps at once.
package struct AdaptiveBatcher: Sendable {
    package enum Level: CaseIterable, Sendable {
        case small, medium, large
    }

    package let minimumSize: Int
    package let maximumSize: Int
    package private(set) var level = Level.small

    /// - Parameters:
    ///   - minimumSize: events of a batch while it is quiet; at least 1
    ///   - maximumSize: under load; at least `minimumSize`
    package init(minimumSize: Int, maximumSize: Int) {
        precondition(minimumSize > 0, "a batch holds at least one event")
        precondition(minimumSize <= maximumSize, "the smallest batch is not larger than the largest")
        self.minimumSize = minimumSize
        self.maximumSize = maximumSize
    }

    /// How many events make a batch now: the minimum, the middle (rounded down) or the maximum.
    package var batchSize: Int {
        switch level {
        case .small: minimumSize
        case .medium: minimumSize + (maximumSize - minimumSize) / 2
        case .large: maximumSize
        }
    }

    /// Whether a batch of that many events is to be sent now; never an empty one.
    package func isBatchFull(_ count: Int) -> Bool { count >= batchSize }

    /// Takes the buffer's fill into account: once a batch, or once a wake-up. O(1).
    package mutating func recordUtilisation(count: Int, capacity: Int) {
        precondition(capacity > 0 && count >= 0, "a utilisation is of a buffer that exists")
        level = Self.next(level, count: count, capacity: capacity)
    }

    private static func next(_ level: Level, count: Int, capacity: Int) -> Level {
        // In quarters of the capacity, so that the borders are exact.
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
