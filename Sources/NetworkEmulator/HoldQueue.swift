import StatsModel

/// Copies held back so that later packets overtake them, in the order in which they were held.
///
/// Both conditions to let one go (packets passed, time) grow with that order, so the first is always the next to go.
struct HoldQueue: Sendable {
    struct Held: Sendable {
        let slot: Int
        /// When it would have arrived, had it not been held back.
        let due: Instant
        /// It goes when so many packets in all have been sent past ...
        let passed: UInt64
        /// ... or at this time.
        let deadline: Instant
    }

    private var held: [Held] = []
    private var head = 0

    var first: Held? { head < held.count ? held[head] : nil }
    var count: Int { held.count - head }

    mutating func append(_ copy: Held) { held.append(copy) }

    mutating func removeFirst() {
        head += 1
        if head == held.count {
            held.removeAll(keepingCapacity: true)
            head = 0
        } else if head >= 256, head * 2 >= held.count {
            held.removeFirst(head)
            head = 0
        }
    }
}
