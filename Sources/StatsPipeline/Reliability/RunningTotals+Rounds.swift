import StatsModel
import StatsWire

// Rounds: when one begins, which rows it sends, and the packets that carry them.
extension RunningTotals {
    /// Whether no round is due or in progress.
    var isQuiet: Bool {
        @inline(__always) get { due == nil && next == nil }
    }

    /// The time at which ``poll(at:)`` next returns true. nil if it never does.
    var deadline: Instant? { next != nil ? .start : due }

    /// Whether a packet must be filled now.
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
        // This round also sends every row of the next one. Another round is only due if a row may be sent once more.
        if row(0, from: min(nextFrom, lostFrom ?? .max), Self.sendingLimit - 1) != nil {
            self.due = now + (isClosing ? closingInterval : interval)
        }
        return next != nil
    }

    /// Whether running totals go with the closing packet that is sent now.
    mutating func pollClosing() -> Bool {
        guard let from = isUnacknowledged ? 1 : everLostFrom else { return false }
        begin(from: from, limit: hasSentAll ? Self.sendingLimit : .max)
        hasSentAll = true
        return next != nil
    }

    /// Whether running totals go with a further closing packet, which is sent because nobody answered the others.
    ///
    /// - Parameter floor: every packet up to this number is settled
    mutating func pollProbe(floor: UInt64) -> Bool {
        // A slow receiver requests missing packets by itself. For a receiver that is gone the number of probes is limited.
        unanswered += 1
        guard unanswered >= Self.patience, probes < closingRounds else { return false }
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

    /// The next row, from `start` on, that changed in packet `from` or later and was sent fewer than `limit` times since.
    /// O(rows).
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

    /// Fills a packet that was begun. It gets as many running totals as it has room for. O(rows).
    mutating func fill(_ builder: inout PacketBuilder, from metrics: MetricCatalog, sequence: UInt64) {
        while let row = next {
            let key = metrics.key(of: rows[row].metric)
            let runningTotal = RunningTotal(
                type: key.type, name: key.name, tags: key.tags, extra: key.extra, value: rows[row].value,
                count: min(rows[row].count, RunningTotal.largestCount), latest: rows[row].latest)
            if !metrics.withArena({ builder.append(runningTotal, keys: $0, sequence: sequence) }) { break }
            counts.runningTotals += 1
            rows[row].sendings = min(rows[row].sendings, .max - 2) + 1
            next = self.row(row + 1, from: roundFrom, roundLimit)
        }
    }

    /// Counts a packet that was sent.
    ///
    /// - Parameter byteCount: the bytes that were sent only because of the running totals
    mutating func recordSent(byteCount: Int) {
        counts.packets += 1
        counts.byteCount += UInt64(byteCount)
    }}
