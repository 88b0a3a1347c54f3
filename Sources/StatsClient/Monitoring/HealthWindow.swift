import StatsModel

/// The counters from which health is judged.
struct HealthTotals: Equatable, Sendable {
    var received: UInt64 = 0
    var dropped: UInt64 = 0
    var sent: UInt64 = 0
    var packetsSent: UInt64 = 0
    var sendErrors: UInt64 = 0
    /// Packets that were asked for and not sent again, or not at once, because of a bound.
    var bounded: UInt64 = 0

    init() {}

    init(_ metrics: StatsClient.Metrics) {
        received = metrics.eventsReceived
        dropped = metrics.eventsDropped
        sent = metrics.eventsSent
        packetsSent = metrics.packetsSent
        sendErrors = metrics.sendErrors
        bounded = metrics.packetsExhausted &+ metrics.packetsDelayed
    }

    /// What came since `before`. Counters that different threads write may seem to step back for a moment: nothing came.
    static func - (now: Self, before: Self) -> Self {
        var difference = Self()
        difference.received = now.received - min(now.received, before.received)
        difference.dropped = now.dropped - min(now.dropped, before.dropped)
        difference.sent = now.sent - min(now.sent, before.sent)
        difference.packetsSent = now.packetsSent - min(now.packetsSent, before.packetsSent)
        difference.sendErrors = now.sendErrors - min(now.sendErrors, before.sendErrors)
        difference.bounded = now.bounded - min(now.bounded, before.bounded)
        return difference
    }
}

/// Remembers the counters of earlier health checks, so that one speaks of the last ten seconds at least, and of no more
/// than the time since the check before the last where they are asked rarely.
///
/// Nobody works for it between checks: a client that is never asked pays nothing.
struct HealthWindow: Sendable {
    static let length = Nanoseconds.seconds(10)

    private var older = HealthTotals()
    private var newer = HealthTotals()
    private var newerSince = Instant.start

    /// What the totals of a check at `now` are to be compared with.
    mutating func baseline(of totals: HealthTotals, at now: Instant) -> HealthTotals {
        let baseline = older
        if now >= newerSince + Self.length {
            older = newer
            newer = totals
            newerSince = now
        }
        return baseline
    }
}
