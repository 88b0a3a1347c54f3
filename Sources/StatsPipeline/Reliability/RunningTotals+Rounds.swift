import StatsModel
import StatsWire

// Rounds: when one begins, which rows it sends, and the packets that carry them.
extension RunningTotals {
    /// Whether no round is scheduled or under way.
    var isQuiet: Bool {
        @inline(__always) get { due == nil && next == nil }
    }

    /// The time at which ``poll(at:)`` must be called. nil if there is none.
    var deadline: Instant? { next != nil ? .start : due }

    /// Returns whether a packet with totals is to be sent now.
    mutating func poll(at now: Instant) -> Bool {
        if next != nil { return true }
        guard let due, now >= due else { return false }
        self.due = nil
        let unacknowledgedFrom = isUnacknowledged && !isClosing ? reportedBefore + 1 : UInt64.max
        begin(from: min(unacknowledgedFrom, lostFrom ?? .max))
        if lostFrom != nil {
            roundsLeft -= 1
            if roundsLeft == 0 { lostFrom = nil }
        }
        let nextFrom = isUnacknowledged && !isClosing && reportedBefore < reported ? reportedBefore + 1 : UInt64.max
        // This round sends all rows that the next round would send. The next round therefore needs a row that may be sent at
        // least twice more.
        if row(0, from: min(nextFrom, lostFrom ?? .max), Self.sendingLimit - 1) != nil {
            self.due = now + (isClosing ? closingInterval : interval)
        }
        return next != nil
    }

    /// Begins a round for a closing packet. Returns whether the packet carries running totals.
    mutating func pollClosing() -> Bool {
        guard let from = isUnacknowledged ? 1 : everLostFrom else { return false }
        begin(from: from, limit: hasSentAll ? Self.sendingLimit : .max)
        hasSentAll = true
        return next != nil
    }

    /// Begins a round for a closing packet that requests an acknowledgement, because the earlier ones were not answered.
    /// Returns whether the packet carries running totals.
    ///
    /// - Parameter floor: every number up to it has arrived or is no longer requested
    mutating func pollProbe(floor: UInt64) -> Bool {
        // A receiver that is only slow will request the missing packets itself. For one that is gone, the number of these
        // rounds is limited.
        unanswered += 1
        guard unanswered >= Self.unansweredLimit, probes < closingRounds else { return false }
        probes += 1
        begin(from: min(isUnacknowledged ? 1 : floor + 1, everLostFrom ?? .max))
        return next != nil
    }

    private mutating func begin(from: UInt64, limit: UInt8 = sendingLimit) {
        roundFrom = from
        roundLimit = limit
        reportedBefore = reported
        reported = newest
        next = row(0, from: from, limit)
    }

    /// The next row, from `start` on, that changed in packet `from` or later and was sent less than `limit` times since. nil if
    /// there is none. O(rows).
    private func row(_ start: Int, from: UInt64, _ limit: UInt8) -> Int? {
        if from > newest { return nil }
        var row = start
        while row < rows.count {
            if rows[row].isKnown, rows[row].latest >= from, rows[row].sendings < limit { return row }
            row += 1
        }
        return nil
    }

    /// Whether a round from this packet would send any row. O(rows).
    func hasRow(from: UInt64) -> Bool { row(0, from: from, Self.sendingLimit) != nil }

    /// Adds as many running totals of the round to a packet under construction as fit. O(rows).
    mutating func fill(_ builder: inout PacketBuilder, from metrics: MetricCatalog, sequence: UInt64) {
        while let row = next {
            let key = metrics.key(of: rows[row].metric)
            let runningTotal = RunningTotal(
                type: key.type, name: key.name, tags: key.tags, extra: key.extra, value: rows[row].value,
                count: min(rows[row].count, RunningTotal.largestCount), latest: rows[row].latest)
            if !metrics.withBytes(of: rows[row].metric, { builder.append(runningTotal, keys: $0, sequence: sequence) }) { break }
            counts.runningTotals += 1
            rows[row].sendings = min(rows[row].sendings, .max - 2) + 1
            next = self.row(row + 1, from: roundFrom, roundLimit)
        }
    }

    /// - Parameter byteCount: the bytes that would not have been sent without running totals
    mutating func recordSent(byteCount: Int) {
        counts.packets += 1
        counts.byteCount += UInt64(byteCount)
    }
}
