import StatsModel

/// When the next packet is due, and how a session ends.
extension Mitigations {
    /// Whether the client closes.
    var isClosing: Bool {
        @inline(__always) get { reports.isClosing }
    }

    /// Everything is to go out now, then the closing packets. Only the first call counts.
    mutating func handleClose(at now: Instant) {
        if !isClosing { runningTotals.handleClose() }
        reports.handleClose(at: now)
    }

    /// Nothing is sent any more: there is no way to anybody who could receive it. What waits is counted as skipped or unconfirmed.
    mutating func abandon(at now: Instant) {
        openIsCritical = false
        copies.abandon()
        retransmission.giveUp()
        runningTotals.giveUp()
        parity.giveUp()
        reports.handleAbandon(at: now)
    }

    /// Whether everything was sent once, the closing packets included.
    ///
    /// - Parameter isDataOut: the client closes, and no event waits any more
    func isSaid(isDataOut: Bool) -> Bool {
        reports.isFinished && isDataOut && copies.isEmpty && parity.nextDeadline == nil && runningTotals.isQuiet
    }

    /// Whether nothing will be sent any more, and no answer is waited for.
    func isFinished(isDataOut: Bool) -> Bool { isSaid(isDataOut: isDataOut) && !retransmission.needsAnswer }

    /// When the next packet is due; nil: never.
    ///
    /// - Parameters:
    ///   - isPacketOpen: an event stands in a data packet that is not sealed
    ///   - isDataOut: the client closes, and no event waits any more
    ///   - isHeldUp: events that are not buffered yet are to go out before the closing packets
    func nextDeadline(isPacketOpen: Bool, isDataOut: Bool, isHeldUp: Bool) -> Instant? {
        // Closing packets wait for second copies, and for events that are being recorded.
        var deadline = isClosing && (!copies.isEmpty || isHeldUp) ? nil : reports.deadline
        if let due = retransmissionDeadline(isDataOut: isDataOut) { deadline = min(deadline ?? due, due) }
        if !isPacketOpen, let due = runningTotals.deadline { deadline = min(deadline ?? due, due) }
        if let due = parity.nextDeadline { deadline = min(deadline ?? due, due) }
        if let due = copies.deadline { deadline = min(deadline ?? due, due) }
        return deadline
    }

    private func retransmissionDeadline(isDataOut: Bool) -> Instant? {
        guard let due = retransmission.deadline else { return nil }
        // A client that lingers gives up only once everything else is sent: until then the end of its time makes nothing due.
        guard isSaid(isDataOut: isDataOut), let end = retransmission.lingerDeadline else { return due }
        return min(due, end)
    }
}
