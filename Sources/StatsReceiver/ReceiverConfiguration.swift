package import StatsModel

/// Bounds and behaviour of the receiver (RFC 3550, RFC 6479; see ``StatsReceiver``).
package struct ReceiverConfiguration: Sendable, Equatable {
    /// Sessions held open at once. The least recently active one is closed first.
    package var maximumSessions = 1024
    /// How far behind the highest sequence number a late packet is distinguished from a duplicate. A power of two, at least 4096.
    package var window = 16_384
    /// A number further ahead than this is out of range. At least the window.
    package var maximumJump: UInt64 = 1 << 20
    /// The age at which a hole counts as lost.
    package var reorderLimit = Nanoseconds.seconds(2)
    /// How long a session that a newer one of the same source replaced stays open after its last packet.
    package var gracePeriod = Nanoseconds.seconds(10)
    /// Whether the receiver was listening before any session began. Numbers before the first one received are then holes and not
    /// unknown, unless the first one lies beyond ``maximumJump``.
    package var listensFromStart = false
    /// The number of ranges of lost numbers kept for each session (``SessionSummary/gaps``).
    package var maximumGaps = 65_536
    /// Closed sessions that are kept one by one. Sessions closed earlier are added up (``StatsReceiver/olderSessions``).
    package var maximumClosedSessions = 1024
    /// Ranges that wait to be polled: this many lost ones, and this many recovered ones.
    package var maximumUnpolled = 65_536
    /// Counters and gauges whose arrived events are kept, so that running totals can be compared with them. A metric counts once
    /// for each open session. At 0 none is kept, and running totals are ignored.
    package var maximumRunningTotals = 0
    /// Whether the records of accepted packets are counted, so that loss can be reported in records
    /// (``SessionSummary/recordsLost``). Without them each packet takes less time.
    package var countsRecords = true
    /// How senders are answered. nil if the receiver only listens.
    package var acknowledgement: AcknowledgementConfiguration?
    /// How packets are recovered from parity, and in how much memory. nil if parity packets are ignored.
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
