import StatsModel

/// The end: a client that closes waits for what the receiver may still ask for.
extension Retransmission {
    /// Everything has gone out once and the closing packets have too: begins to wait for what is missing.
    mutating func linger(at now: Instant) {
        guard lingerStart == nil else { return }
        lingerStart = now
        backoff = 0
        timer = now + timeout
    }

    /// Whether the receiver may still ask for something, or has not acknowledged what it must.
    func isWaiting(at now: Instant) -> Bool {
        if let lingerDeadline, now >= lingerDeadline { return false }
        return needsAnswer
    }

    /// Whether a packet waits for its acknowledgement, or to be retransmitted.
    var isOwed: Bool { critical.openCount > 0 || head < wanted.count }

    var needsAnswer: Bool { isOwed || (hasHeard && highest > 0 && !isSettled) }

    /// Until when it waits at most: longer for a receiver that was ever heard.
    var lingerDeadline: Instant? {
        let limit = hasHeard ? lingerLimit : unansweredLimit
        return lingerStart.map { $0 + limit }
    }

    /// Whether another closing packet is due, to make the receiver answer; then the next one is set.
    mutating func pollProbe(at now: Instant) -> Bool {
        guard let timer, now >= timer else { return false }
        backOff(at: now)
        return true
    }

    /// Nothing will be retransmitted any more.
    mutating func giveUp() {
        counts.unconfirmed += UInt64(critical.openCount)
        critical.removeAll()
        history.removeAll()
        wanted.removeAll(keepingCapacity: true)
        head = 0
        timed = nil
        delayedUntil = nil
        timer = nil
        isSettled = true
    }
}
