package import StatsModel

/// Bounds and behaviour of the receiver (RFC 3550, RFC 6479; see ``StatsReceiver``).
package struct ReceiverConfiguration: Sendable, Equatable {
    /// The number of open sessions. If there are more, the least recently active session is closed.
    package var maximumSessions = 1024
    /// The count of sequence numbers behind the highest one for which late packets and duplicates can be distinguished. A power
    /// of two, at least 4096.
    package var window = 16_384
    /// The largest credible distance ahead of the highest number. A number further ahead is out of range. At least ``window``.
    package var maximumJump: UInt64 = 1 << 20
    /// The age at which a hole counts as lost.
    package var reorderLimit = Nanoseconds.seconds(2)
    /// The silence after which a session is closed, once a newer session of the same source has replaced it.
    package var gracePeriod = Nanoseconds.seconds(10)
    /// Whether the receiver was listening before any session began. If so, missing numbers before the first one that arrives are
    /// holes. Otherwise they are unknown, and also if the first number is above ``maximumJump``.
    package var listensFromStart = false
    /// The number of ranges of lost numbers kept for each session (``SessionSummary/gaps``).
    package var maximumGaps = 65_536
    /// The number of closed sessions kept one by one. Sessions closed earlier are added up (``StatsReceiver/olderSessions``).
    package var maximumClosedSessions = 1024
    /// The number of ranges that wait to be polled: this many lost ones, and this many recovered ones.
    package var maximumUnpolled = 65_536
    /// The number of counters and gauges whose arrived events are added up, so that running totals can be compared with them. A
    /// metric counts once for each open session. 0: running totals are ignored.
    package var maximumRunningTotals = 0
    /// Whether the receiver counts the records of accepted packets, so that loss can be reported in records
    /// (``SessionSummary/recordsLost``). Without it, and without running totals, packets are not decoded.
    package var countsRecords = true
    /// The timing of acknowledgements. nil: the receiver only listens.
    package var acknowledgement: AcknowledgementConfiguration?
    /// The bounds of recovery from parity, including its memory. nil: parity packets are ignored.
    package var parity: ParityDecoderConfiguration?

    package init() {}

    /// Traps if a bound makes no sense, since that is an error of the programmer and not of the sender.
    func check() {
        precondition(maximumSessions >= 1, "a receiver holds at least one session")
        precondition(window >= 4096 && window & (window - 1) == 0, "the window is a power of two of at least 4096")
        precondition(maximumJump >= UInt64(window) && maximumJump <= 1 << 40, "the largest jump is between window and 2^40")
        precondition(reorderLimit.rawValue >= 0 && gracePeriod.rawValue >= 0, "limits of time are not negative")
        precondition(maximumGaps >= 1 && maximumUnpolled >= 1, "at least one range can be kept")
        precondition(maximumRunningTotals >= 0 && maximumRunningTotals < 1 << 24, "a count of metrics is below 2^24")
        acknowledgement?.check()
        parity?.check()
        precondition(maximumClosedSessions >= 0, "a count of sessions is not negative")
    }
}
