import StatsModel

/// The end of a session: a closing client waits for acknowledgements, and for the receiver's last requests.
extension Retransmission {
    /// Begins to wait, after everything was sent once, including the closing packets. Only the first call has an effect.
    mutating func linger(at now: Instant) {
        guard lingerStart == nil else { return }
        lingerStart = now
        backoff = 0
        timer = now + timeout
    }

    /// Whether the client still waits for an acknowledgement or a request, and its waiting time is not over.
    func isWaiting(at now: Instant) -> Bool {
        if let lingerDeadline, now >= lingerDeadline { return false }
        return needsAnswer
    }

    /// Whether a critical packet waits for its acknowledgement, or any packet waits for its retransmission.
    var isOwed: Bool { critical.openCount > 0 || head < wanted.count }

    var needsAnswer: Bool { isOwed || (hasAnswered && highest > 0 && !isSettled) }

    /// The end of the waiting time. It is ``lingerLimit`` after the start for a receiver that has answered, otherwise
    /// ``unansweredLimit``.
    var lingerDeadline: Instant? {
        let limit = hasAnswered ? lingerLimit : unansweredLimit
        return lingerStart.map { $0 + limit }
    }

    /// Returns whether another closing packet is due, which makes the receiver answer. The next one is then scheduled.
    mutating func pollProbe(at now: Instant) -> Bool {
        guard let timer, now >= timer else { return false }
        backOff(at: now)
        return true
    }

    /// Ends retransmission. Critical packets that were not acknowledged are counted as unconfirmed.
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
