import StatsModel

/// How many bytes may be retransmitted on request (``ReliabilityConfiguration``): a token bucket that a share of the data sent
/// fills, and a floor of bytes a second whatever is sent. It is full at the beginning and holds as much as is kept, so that
/// everything kept can be retransmitted once without waiting.
///
/// Tokens are counted in billionths of a byte, so that whole nanoseconds leave no rest.
struct RetransmissionBudget: Sendable {
    private static let unit: Int64 = 1_000_000_000
    /// It holds one datagram at least, whatever is kept.
    private static let longestDatagram = 65_507

    private let capacity: Int64
    /// Bytes a second are billionths a nanosecond.
    private let floor: Int64
    private let percent: Int64
    private var tokens: Int64
    private var updated = Instant.start

    init(configuration: ReliabilityConfiguration) {
        let kept = max(configuration.criticalCapacity + configuration.historyCapacity, Self.longestDatagram)
        // Both are at most 2^30, by `validate`, so this is below 2^62.
        capacity = Int64(kept) * Self.unit
        floor = Int64(configuration.retransmissionFloor)
        percent = Int64(configuration.retransmissionPercent)
        tokens = capacity
    }

    /// A data packet went out for the first time.
    mutating func recordSent(byteCount: Int) { fill(Int64(byteCount) * percent * (Self.unit / 100)) }

    /// Whether so many bytes may be retransmitted now; then they are.
    mutating func take(byteCount: Int, at now: Instant) -> Bool {
        if now > updated {
            let (earned, isOver) = (now - updated).rawValue.multipliedReportingOverflow(by: floor)
            fill(isOver ? capacity : earned)
            updated = now
        }
        guard tokens >= Int64(byteCount) * Self.unit else { return false }
        tokens -= Int64(byteCount) * Self.unit
        return true
    }

    /// When ``take(byteCount:at:)`` allows so many bytes, if nothing is sent until then. After a call that did not.
    func time(byteCount: Int) -> Instant {
        let lacking = Int64(byteCount) * Self.unit - tokens
        return lacking <= 0 ? updated : updated + Nanoseconds((lacking - 1) / floor + 1)
    }

    private mutating func fill(_ amount: Int64) { tokens += min(amount, capacity - tokens) }
}
