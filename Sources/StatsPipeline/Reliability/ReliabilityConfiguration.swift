import StatsModel

/// How a client recovers packets that the network loses, if its receiver answers. Each part can be switched off by itself. Text
/// formats have none of them, because their servers do not answer.
///
/// - **Acknowledgement**: packets with a critical event are kept until the receiver acknowledges them. Without an
///   acknowledgement the oldest one is retransmitted, and each time the timeout doubles.
/// - **Running totals**: if packets are lost for good, heartbeats and closing packets carry the sum of each counter and the level
///   of each gauge. One such packet recovers the contributions of all lost packets before it (`RunningTotals`).
/// - **Repair on request**: the newest packets are kept for a while. The receiver names the gaps that it sees, and these packets
///   are retransmitted.
///
/// Retransmissions on request are bounded for each packet and in bytes, because acknowledgements **are not authenticated**.
/// Somebody who sees a client's packets, or sends from its destination's address, can make it forget packets that never arrived,
/// and can cause as many retransmissions as these bounds allow. More is not possible (FORMATS, "Who is believed"). The client's
/// socket is connected, which keeps strangers away on loopback and in private networks.
///
/// If a memory is full, its oldest packet leaves it. This packet may still arrive, but it cannot be retransmitted any more. The
/// client counts such packets (`forgotten` and `unconfirmed` in ``RepairCounts``).
public struct ReliabilityConfiguration: Sendable, Equatable {
    /// Bytes for packets with a critical event until they are acknowledged. At 0 none is kept.
    public var criticalCapacity = 1 << 18
    /// Bytes for the newest other packets, which the receiver may request. At 0 none is kept.
    public var historyCapacity = 1 << 17
    /// The shortest time that the receiver has to answer. Above it the time follows the measured round trips (RFC 6298).
    public var shortestTimeout = Duration.milliseconds(50)
    /// The longest time that the receiver has to answer.
    public var longestTimeout = Duration.seconds(1)
    /// The longest time that a client which closes waits for requests and acknowledgements.
    public var lingerLimit = Duration.seconds(30)
    /// The same for a receiver that has never answered. It is never longer than ``lingerLimit``.
    public var unansweredLimit = Duration.seconds(30)

    /// How often one packet is retransmitted on request at most. The timer of a critical packet does not count: it backs off.
    public var retransmissionLimit = 16
    /// Bytes retransmitted on request, in percent of the data's bytes, in addition to ``retransmissionFloor``. Every kept packet
    /// may be retransmitted once without waiting.
    public var retransmissionPercent = 100
    /// Bytes per second that may be retransmitted on request, however little data is sent.
    public var retransmissionFloor = 1 << 16

    /// Counters and gauges whose running totals are kept. At 0 none is kept. Later metrics have no running totals.
    public var runningTotalCapacity = 1024
    /// The shortest time between two running totals of metrics that may have lost events for good. At 0 none is sent.
    public var runningTotalInterval = Duration.seconds(1)

    /// Every part switched on, with the default bounds.
    public init() {}

    /// A configuration with every part switched off.
    static var none: Self {
        var none = Self()
        none.criticalCapacity = 0
        none.historyCapacity = 0
        none.runningTotalCapacity = 0
        return none
    }

    /// Whether running totals are sent.
    public var sendsRunningTotals: Bool { runningTotalCapacity > 0 && runningTotalInterval > .zero }

    /// Throws ``ConfigurationError`` for the first field outside its range.
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

    /// Bytes that the memories of packets and the running totals take.
    public var memoryUse: Int {
        SentHistory.memory(capacity: criticalCapacity) + SentHistory.memory(capacity: historyCapacity)
            + RunningTotals.memory(capacity: sendsRunningTotals ? runningTotalCapacity : 0)
    }
}
