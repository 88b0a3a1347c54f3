import StatsModel

/// Which packets' events are lost because the system did not take them, or said that they reached nobody.
///
/// A packet that goes out once is lost with its failure. Of one that goes out twice every copy must have failed; a
/// failure of the first counts until the second is taken. Bounded: of the oldest of many thousand packets with two
/// copies the last word stands.
struct LossAccount {
    private struct Entry {
        var attempts = 0
        var failures = 0
        var tally = Tally()

        var isLost: Bool { failures > 0 && failures >= attempts }
    }

    static let limit = 4096

    /// Events of packets that are lost as it stands.
    private(set) var lost = Tally()
    /// Packets with two copies, by number; nobody walks over them.
    private var entries: [UInt64: Entry] = [:]
    /// The same numbers in the order of sending.
    private var order: [UInt64] = []
    private var oldest = 0

    /// A packet that goes out once is lost.
    mutating func recordLoss(_ tally: Tally) { lost += tally }

    /// A copy of a packet that goes out twice is tried.
    mutating func recordAttempt(_ sequence: UInt64) {
        if entries[sequence] == nil { begin(sequence) }
        change(sequence) { $0.attempts += 1 }
    }

    /// A copy that was tried failed. `tally` is what the packet holds.
    mutating func recordFailure(_ sequence: UInt64, _ tally: Tally) {
        change(sequence) {
            $0.tally = tally
            $0.failures += 1
        }
    }

    /// A packet that went out before is tried again.
    ///
    /// One that is not known here was taken the first time, and nothing was heard of it since.
    mutating func recordRepeat(_ sequence: UInt64) {
        if entries[sequence] == nil {
            begin(sequence)
            change(sequence) { $0.attempts = 1 }
        }
        change(sequence) { $0.attempts += 1 }
    }

    /// A packet that went out once, and may be sent again, failed.
    mutating func recordFirstFailure(_ sequence: UInt64, _ tally: Tally) {
        if entries[sequence] == nil {
            begin(sequence)
            change(sequence) { $0.attempts = 1 }
        }
        recordFailure(sequence, tally)
    }

    private mutating func begin(_ sequence: UInt64) {
        if order.count < Self.limit {
            order.append(sequence)
        } else {
            entries[order[oldest]] = nil
            order[oldest] = sequence
            oldest = (oldest + 1) % Self.limit
        }
        entries[sequence] = Entry()
    }

    private mutating func change(_ sequence: UInt64, _ body: (inout Entry) -> Void) {
        guard var entry = entries[sequence] else { return }
        if entry.isLost { take(entry.tally) }
        body(&entry)
        if entry.isLost { lost += entry.tally }
        entries[sequence] = entry
    }

    private mutating func take(_ tally: Tally) {
        lost.counts.lanes &-= tally.counts.lanes
        lost.contents = lost.contents &- tally.contents
    }
}
