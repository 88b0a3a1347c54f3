import StatsModel

/// Copies held back so that later packets overtake them, in the order in which they were held.
///
/// A copy is released by the number of packets passed or by time. Both grow with the order in the queue, so the first copy is
/// always the next to be released.
struct HoldQueue: Sendable {
    struct Held: Sendable {
        let slot: Int
        /// When it would have arrived without reordering.
        let due: Instant
        /// It is released once this many packets in total have passed ...
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
