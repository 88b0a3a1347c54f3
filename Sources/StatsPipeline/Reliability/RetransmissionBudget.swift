import StatsModel

/// The number of bytes that may be retransmitted on request (``ReliabilityConfiguration``), as a token bucket. It is filled by
/// a share of the data sent, and by a fixed number of bytes per second. It is full at the beginning, and its capacity is that
/// of the memories. Everything that is kept can therefore be retransmitted once without waiting.
///
/// Tokens are billionths of a byte, so that whole nanoseconds leave no remainder.
struct RetransmissionBudget: Sendable {
    private static let unit: Int64 = 1_000_000_000
    /// The capacity is at least one datagram, however small the memories are.
    private static let longestDatagram = 65_507

    private let capacity: Int64
    /// Bytes per second, which are billionths of a byte per nanosecond.
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

    /// Adds tokens for a data packet that was sent for the first time.
    mutating func recordSent(byteCount: Int) { fill(Int64(byteCount) * percent * (Self.unit / 100)) }

    /// Takes tokens for this many bytes. Returns false and takes none if there are too few.
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

    /// The time at which ``take(byteCount:at:)`` will admit this many bytes, if no data is sent before. Call it after a
    /// refusal.
    func time(byteCount: Int) -> Instant {
        let lacking = Int64(byteCount) * Self.unit - tokens
        return lacking <= 0 ? updated : updated + Nanoseconds((lacking - 1) / floor + 1)
    }

    private mutating func fill(_ amount: Int64) { tokens += min(amount, capacity - tokens) }
}
