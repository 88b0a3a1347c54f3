import StatsModel

/// The client's protection against lost packets, for receivers that send acknowledgements. Each part can be switched off by
/// itself. Text formats use none of it, because their servers send no acknowledgements.
///
/// - **Acknowledgement**: packets with a critical event are kept until the receiver acknowledges them. Until then the oldest
///   one is retransmitted, each time after twice as long.
/// - **Running totals**: if packets are lost for good, heartbeats and closing packets carry the sum of each counter and the
///   level of each gauge. A total that arrives recovers the events of its metric in all packets that were lost before it
///   (`RunningTotals`).
/// - **Repair on request**: the newest packets are kept for a while. The receiver requests the packets in its gaps, and those
///   that are still kept are retransmitted.
///
/// Acknowledgements are **not authenticated**. Retransmission on request is therefore bounded for each packet and in bytes. An
/// attacker who sees a client's packets, or who sends from the address of its destination, can make the client forget packets
/// that never arrived, and can cause as many retransmissions as the bounds allow, but nothing else (FORMATS, "Who is
/// believed"). The protection against strangers is a connected socket, which this client has, on loopback or in a private
/// network.
///
/// When a memory is full, its oldest packet leaves it. This packet may still arrive, but it can no longer be retransmitted.
/// ``RepairCounts`` counts critical packets that left without an acknowledgement (`unconfirmed`), and packets that the receiver
/// requested too late (`unanswerable`).
public struct ReliabilityConfiguration: Sendable, Equatable {
    /// Bytes for packets with a critical event that wait for their acknowledgement. 0 keeps none.
    public var criticalCapacity = 1 << 18
    /// Bytes for the newest other packets, which the receiver may request. 0 keeps none.
    public var historyCapacity = 1 << 17
    /// The shortest timeout for an acknowledgement. Between this and the longest timeout, the measured round trip decides (RFC
    /// 6298).
    public var shortestTimeout = Duration.milliseconds(50)
    /// The longest time that the receiver has to answer.
    public var longestTimeout = Duration.seconds(1)
    /// The longest time that a closing client waits for acknowledgements and for requests.
    public var lingerLimit = Duration.seconds(30)
    /// The same for a receiver that has never answered. At most ``lingerLimit`` takes effect.
    public var unansweredLimit = Duration.seconds(30)

    /// How often one packet is retransmitted on request at most. The timer of critical packets is exempt, but it backs off.
    public var retransmissionLimit = 16
    /// Bytes that may be retransmitted on request, in percent of the bytes of the data, in addition to ``retransmissionFloor``.
    /// Everything that is kept may be retransmitted once without waiting.
    public var retransmissionPercent = 100
    /// Bytes per second that may be retransmitted on request, however much data is sent.
    public var retransmissionFloor = 1 << 16

    /// The number of counters and gauges whose running totals are kept. 0 keeps none. No totals are sent for further metrics.
    public var runningTotalCapacity = 1024
    /// The time between two rounds of running totals for metrics that may have lost events for good. 0 sends none.
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

    /// Whether running totals are kept and sent.
    public var sendsRunningTotals: Bool { runningTotalCapacity > 0 && runningTotalInterval > .zero }

    /// Throws an error for the first field that is outside its range.
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
