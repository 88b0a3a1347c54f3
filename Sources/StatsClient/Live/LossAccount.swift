import StatsModel

/// The events that are lost because the system did not take their packets, or because the packets came back.
///
/// A packet that is sent once is lost when it fails. A packet that is sent twice is lost when every copy failed. While the second
/// copy is not tried yet, a failure of the first counts as a loss. Bounded: beyond ``limit`` packets with two copies, the state
/// of the oldest becomes final.
struct LossAccount {
    private struct Entry {
        var attempts = 0
        var failures = 0
        var tally = Tally()

        var isLost: Bool { failures > 0 && failures >= attempts }
    }

    static let limit = 4096

    /// Events of packets that are lost at present.
    private(set) var lost = Tally()
    /// Packets with two copies, by number. The dictionary is never iterated, so its order does not matter.
    private var entries: [UInt64: Entry] = [:]
    /// The same numbers in the order of sending.
    private var order: [UInt64] = []
    private var oldest = 0

    /// Records the loss of a packet that is sent once.
    mutating func recordLoss(_ tally: Tally) { lost += tally }

    /// Records an attempt to send a copy of a packet that is sent twice.
    mutating func recordAttempt(_ sequence: UInt64) {
        if entries[sequence] == nil { begin(sequence) }
        change(sequence) { $0.attempts += 1 }
    }

    /// Records the failure of a copy that was tried. `tally` holds the packet's events.
    mutating func recordFailure(_ sequence: UInt64, _ tally: Tally) {
        change(sequence) {
            $0.tally = tally
            $0.failures += 1
        }
    }

    /// Records a retransmission.
    ///
    /// A packet that is not known here was taken the first time, and did not fail since.
    mutating func recordRepeat(_ sequence: UInt64) {
        if entries[sequence] == nil {
            begin(sequence)
            change(sequence) { $0.attempts = 1 }
        }
        change(sequence) { $0.attempts += 1 }
    }

    /// Records the failure of a packet that was sent once and may be retransmitted.
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
