import StatsModel

/// The time of the next packet, and the end of a session.
///
/// Functions that read all parts are `mutating` although they change nothing, because a borrowing call copies this large value.
extension Mitigations {
    /// Whether the client is closing.
    var isClosing: Bool {
        @inline(__always) get { reports.isClosing }
    }

    /// Begins the end of the session: everything that waits is sent now, then the closing packets. Only the first call has an
    /// effect.
    mutating func handleClose(at now: Instant) {
        if !isClosing { runningTotals.handleClose() }
        reports.handleClose(at: now)
    }

    /// Ends the session without sending anything further, after a crash or behind an open circuit breaker. Waiting copies and
    /// parity packets are counted as skipped, and critical packets without an acknowledgement as unconfirmed.
    mutating func abandon(at now: Instant) {
        openIsCritical = false
        copies.abandon()
        retransmission.giveUp()
        runningTotals.giveUp()
        parity.giveUp()
        reports.handleAbandon(at: now)
    }

    /// Whether everything was sent once, including the closing packets.
    ///
    /// - Parameter isDataOut: the client closes, and no event waits any more
    mutating func isEverythingSent(isDataOut: Bool) -> Bool {
        reports.isFinished && isDataOut && copies.isEmpty && parity.nextDeadline == nil && runningTotals.isQuiet
    }

    /// Whether nothing will be sent any more, and no answer is waited for.
    mutating func isFinished(isDataOut: Bool) -> Bool { isEverythingSent(isDataOut: isDataOut) && !retransmission.needsAnswer }

    /// The time at which the next packet is due. nil if there is none.
    ///
    /// - Parameters:
    ///   - isPacketOpen: a data packet that is not sealed yet holds an event
    ///   - isDataOut: the client is closing, and no event waits any more
    ///   - isHeldUp: events that are not buffered yet must be sent before the closing packets
    mutating func nextDeadline(isPacketOpen: Bool, isDataOut: Bool, isHeldUp: Bool) -> Instant? {
        // Closing packets wait for second copies, and for events that are being recorded.
        var deadline = isClosing && (!copies.isEmpty || isHeldUp) ? nil : reports.deadline
        if let due = retransmissionDeadline(isDataOut: isDataOut) { deadline = min(deadline ?? due, due) }
        if !isPacketOpen, let due = runningTotals.deadline { deadline = min(deadline ?? due, due) }
        if let due = parity.nextDeadline { deadline = min(deadline ?? due, due) }
        if let due = copies.deadline { deadline = min(deadline ?? due, due) }
        return deadline
    }

    private mutating func retransmissionDeadline(isDataOut: Bool) -> Instant? {
        guard let due = retransmission.deadline else { return nil }
        // A client that lingers gives up only once everything else is sent: until then the end of its time makes nothing due.
        guard isEverythingSent(isDataOut: isDataOut), let end = retransmission.lingerDeadline else { return due }
        return min(due, end)
    }
}
