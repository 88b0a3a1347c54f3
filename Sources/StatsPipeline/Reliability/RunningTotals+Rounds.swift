import StatsModel
import StatsWire

// Rounds: when one begins, which rows it sends, and the packets that carry them.
extension RunningTotals {
    /// Whether nothing is due and nothing under way.
    var isQuiet: Bool {
        @inline(__always) get { due == nil && next == nil }
    }

    /// When ``poll(at:)`` next answers true; nil: never.
    var deadline: Instant? { next != nil ? .start : due }

    /// Whether a packet is to be filled now.
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
        // Of the rows that the next round would tell, this one tells all.
        if row(0, from: min(nextFrom, lostFrom ?? .max), Self.tellings - 1) != nil {
            self.due = now + (isClosing ? closingInterval : interval)
        }
        return next != nil
    }

    /// A closing packet goes out now: whether running totals go with it.
    mutating func pollClosing() -> Bool {
        guard let from = isUnacknowledged ? 1 : everLostFrom else { return false }
        begin(from: from, limit: hasSentAll ? Self.tellings : .max)
        hasSentAll = true
        return next != nil
    }

    /// A closing packet goes out since nobody answered the others. `floor`: all up to it is settled.
    mutating func pollProbe(floor: UInt64) -> Bool {
        // A receiver that is only slow asks for what it lacks itself; one that is gone is not talked to for ever.
        unanswered += 1
        guard unanswered >= Self.patience, probes < closingRounds else { return false }
        probes += 1
        begin(from: min(isUnacknowledged ? 1 : floor + 1, everLostFrom ?? .max))
        return next != nil
    }

    private mutating func begin(from: UInt64, limit: UInt8 = tellings) {
        roundFrom = from
        roundLimit = limit
        reportedBefore = reported
        reported = newest
        next = row(0, from: from, limit)
    }

    /// The next row, from `start` on, that changed in packet `from` or behind it and was not told so often since. O(rows).
    private func row(_ start: Int, from: UInt64, _ limit: UInt8) -> Int? {
        if from > newest { return nil }
        var row = start
        while row < rows.count {
            if rows[row].isKnown, rows[row].latest >= from, rows[row].tellings < limit { return row }
            row += 1
        }
        return nil
    }

    /// Whether a round from there would tell anything. O(rows).
    func hasRow(from: UInt64) -> Bool { row(0, from: from, Self.tellings) != nil }

    /// Fills a packet that was begun with as many running totals as it has room for. O(rows).
    mutating func fill(_ builder: inout PacketBuilder, from metrics: MetricCatalog, sequence: UInt64) {
        while let row = next {
            let key = metrics.key(of: rows[row].metric)
            let runningTotal = RunningTotal(
                type: key.type, name: key.name, tags: key.tags, extra: key.extra, value: rows[row].value,
                count: min(rows[row].count, RunningTotal.largestCount), latest: rows[row].latest)
            if !metrics.withArena({ builder.append(runningTotal, keys: $0, sequence: sequence) }) { break }
            counts.runningTotals += 1
            rows[row].tellings = min(rows[row].tellings, .max - 2) + 1
            next = self.row(row + 1, from: roundFrom, roundLimit)
        }
    }

    /// - Parameter byteCount: what the packet has more than would have been sent without
    mutating func recordSent(byteCount: Int) {
        counts.packets += 1
        counts.byteCount += UInt64(byteCount)
    }}
