import StatsModel

/// What a client does so that packets lost on the way arrive after all, where its receiver answers. Each part can be
/// switched off by itself; text formats, whose servers do not answer, have none.
///
/// - **Acknowledgement**: packets with a critical event are kept until the receiver says that it has them; while it does
///   not, the oldest is retransmitted, after twice as long each time.
/// - **Running totals**: where packets are lost for good, heartbeats and closing packets carry what each counter adds up to
///   and each gauge's level, so that one that arrives repairs what all packets before it lost of them (`RunningTotals`).
/// - **Repair on request**: the newest packets are kept for a while; the receiver names the gaps it sees, and what it names
///   is retransmitted.
///
/// What goes out again on request is bounded for each packet and in bytes, since nobody vouches for an acknowledgement:
/// **they are not authenticated**. Whoever sees a client's packets, or sends from its destination's address, can make it
/// forget packets that never arrived, and draw what these bounds allow; nothing else (FORMATS, "Who is believed"). Keep
/// strangers away by a connected socket, which this client's is, on loopback or a private network.
///
/// Where a memory is full its oldest packet leaves it: the packet may still arrive, but no longer be retransmitted. The
/// books count such packets (`forgotten` and `unconfirmed` in ``RepairCounts``).
public struct ReliabilityConfiguration: Sendable, Equatable {
    /// Bytes for packets with a critical event until they are acknowledged; 0: none is kept.
    public var criticalCapacity = 1 << 18
    /// Bytes for the newest other packets, for when the receiver asks; 0: none is kept.
    public var historyCapacity = 1 << 17
    /// The receiver is given at least and at most this long to answer; in between the time is measured (RFC 6298).
    public var shortestTimeout = Duration.milliseconds(50)
    public var longestTimeout = Duration.seconds(1)
    /// A client that closes waits at most this long for what it may still be asked for, or what is not acknowledged.
    public var lingerLimit = Duration.seconds(30)
    /// The same where the receiver has never answered; never longer than ``lingerLimit``.
    public var unansweredLimit = Duration.seconds(30)

    /// One packet is retransmitted on request at most so often; the timer of a critical packet is not bound by it, but backs off.
    public var retransmissionLimit = 16
    /// Bytes retransmitted on request, in percent of the data's, besides ``retransmissionFloor``. Everything kept may go out
    /// once more without waiting.
    public var retransmissionPercent = 100
    /// Bytes a second that may be retransmitted on request, whatever is sent.
    public var retransmissionFloor = 1 << 16

    /// Counters and gauges whose running totals are kept; 0: none is. Those that come later are not told.
    public var runningTotalCapacity = 1024
    /// Metrics that may have lost something for good are told at most so often; 0: never.
    public var runningTotalInterval = Duration.seconds(1)

    public init() {}

    /// Every part switched off.
    static var none: Self {
        var none = Self()
        none.criticalCapacity = 0
        none.historyCapacity = 0
        none.runningTotalCapacity = 0
        return none
    }

    /// Whether running totals are told.
    public var isStating: Bool { runningTotalCapacity > 0 && runningTotalInterval > .zero }

    public func validate() throws(ConfigurationError) {
        try ClientConfiguration.check("criticalCapacity", criticalCapacity, in: 0...1 << 30)
        try ClientConfiguration.check("historyCapacity", historyCapacity, in: 0...1 << 30)
        try ClientConfiguration.check("shortestTimeout", shortestTimeout, in: .milliseconds(1) ... .seconds(60))
        try ClientConfiguration.check("longestTimeout", longestTimeout, in: shortestTimeout ... .seconds(3600))
        try ClientConfiguration.check("retransmissionLimit", retransmissionLimit, in: 1...255)
        try ClientConfiguration.check("retransmissionPercent", retransmissionPercent, in: 0...1000)
        try ClientConfiguration.check("retransmissionFloor", retransmissionFloor, in: 1024...1 << 30)
        try ClientConfiguration.check("runningTotalCapacity", runningTotalCapacity, in: 0...RunningTotals.largestCapacity)
        if runningTotalInterval != .zero {
            try ClientConfiguration.check("runningTotalInterval", runningTotalInterval, in: .milliseconds(1) ... .seconds(3600))
        }
        try ClientConfiguration.check("lingerLimit", lingerLimit, in: .zero ... .seconds(3600))
        try ClientConfiguration.check("unansweredLimit", unansweredLimit, in: .zero ... .seconds(3600))
    }

    /// Bytes that the memories take.
    public var memoryUse: Int {
        SentHistory.memory(capacity: criticalCapacity) + SentHistory.memory(capacity: historyCapacity)
            + RunningTotals.memory(capacity: isStating ? runningTotalCapacity : 0)
    }
}
