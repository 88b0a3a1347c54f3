package import StatsModel

/// Bounds and behaviour of the receiver (RFC 3550, RFC 6479; see ``StatsReceiver``).
package struct ReceiverConfiguration: Sendable, Equatable {
    /// Sessions held open at once; the least recently heard is closed first.
    package var maximumSessions = 1024
    /// Sequence numbers behind the highest that can still be told late from duplicate; a power of two, >= 4096.
    package var window = 16_384
    /// A number further ahead than this is out of range; at least the window.
    package var maximumJump: UInt64 = 1 << 20
    /// A hole of this age is lost.
    package var reorderLimit = Nanoseconds.seconds(2)
    /// How long a session that was replaced by a newer one of the same source stays open after it was last heard.
    package var gracePeriod = Nanoseconds.seconds(10)
    /// The receiver was listening before any session began: numbers before the first one heard are holes, not unknown,
    /// unless the first one heard lies beyond ``maximumJump``.
    package var listensFromStart = false
    /// Ranges of lost numbers kept for each session (``SessionSummary/gaps``).
    package var maximumGaps = 65_536
    /// Closed sessions kept one by one; those closed before are added up (``StatsReceiver/olderSessions``).
    package var maximumClosedSessions = 1024
    /// Ranges that wait to be polled, lost ones and recovered ones each.
    package var maximumUnpolled = 65_536
    /// Counters and gauges, counted once for each open session, of which it is kept what arrived, so that running totals
    /// can be held against it; 0: none, and running totals are passed over.
    package var maximumStatedMetrics = 0
    /// Whether the records of accepted packets are counted, so that loss can be told in records
    /// (``SessionSummary/recordsLost``). Where nobody asks for them, each packet takes less time.
    package var countsRecords = true
    /// How senders are answered; nil: the receiver only listens.
    package var acknowledgement: AcknowledgementConfiguration?
    /// How packets are recovered from parity, and in how much memory; nil: parity packets are passed over.
    package var parity: ParityDecoderConfiguration?

    package init() {}

    /// Traps where a bound makes no sense: that is the programmer's error, not the sender's.
    func check() {
        precondition(maximumSessions >= 1, "a receiver holds at least one session")
        precondition(window >= 4096 && window & (window - 1) == 0, "the window is a power of two of at least 4096")
        precondition(maximumJump >= UInt64(window) && maximumJump <= 1 << 40, "the largest jump is between window and 2^40")
        precondition(reorderLimit.rawValue >= 0 && gracePeriod.rawValue >= 0, "limits of time are not negative")
        precondition(maximumGaps >= 1 && maximumUnpolled >= 1, "at least one range can be kept")
        precondition(maximumStatedMetrics >= 0 && maximumStatedMetrics < 1 << 24, "a count of metrics is below 2^24")
        acknowledgement?.check()
        parity?.check()
        precondition(maximumClosedSessions >= 0, "a count of sessions is not negative")
    }
}
