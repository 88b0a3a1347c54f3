import StatsModel

/// The counters that decide on the client's health.
struct HealthTotals: Equatable, Sendable {
    var received: UInt64 = 0
    var dropped: UInt64 = 0
    var sent: UInt64 = 0
    var packetsSent: UInt64 = 0
    var sendErrors: UInt64 = 0
    var returned: UInt64 = 0
    /// Dropped events by ``LossCause``.
    var losses = [UInt64](repeating: 0, count: LossCause.allCases.count)
    /// Requested packets that were not retransmitted, or not at once, because of a bound.
    var bounded: UInt64 = 0

    init() {}

    init(_ metrics: StatsClient.Metrics) {
        received = metrics.eventsReceived
        dropped = metrics.eventsDropped
        sent = metrics.eventsSent
        packetsSent = metrics.packetsSent
        sendErrors = metrics.sendErrors
        returned = metrics.packetsReturned
        for (index, cause) in LossCause.allCases.enumerated() { losses[index] = metrics.droppedByCause[cause] ?? 0 }
        bounded = metrics.packetsExhausted &+ metrics.packetsDelayed
    }

    /// The events since `before`. Counters written by different threads may seem to decrease for a moment, and then count as
    /// unchanged.
    static func - (now: Self, before: Self) -> Self {
        var difference = Self()
        difference.received = now.received - min(now.received, before.received)
        difference.dropped = now.dropped - min(now.dropped, before.dropped)
        difference.sent = now.sent - min(now.sent, before.sent)
        difference.packetsSent = now.packetsSent - min(now.packetsSent, before.packetsSent)
        difference.sendErrors = now.sendErrors - min(now.sendErrors, before.sendErrors)
        difference.returned = now.returned - min(now.returned, before.returned)
        for index in now.losses.indices {
            difference.losses[index] = now.losses[index] - min(now.losses[index], before.losses[index])
        }
        difference.bounded = now.bounded - min(now.bounded, before.bounded)
        return difference
    }

    /// The share of packets handed to the system that it did not take or that came back. Packets that came back were sent before.
    var sendErrorRate: Double {
        let attempts = packetsSent &+ sendErrors &- min(returned, sendErrors)
        return attempts == 0 ? 0 : min(1, Double(sendErrors) / Double(attempts))
    }

    /// Causes with the events dropped for them, the largest number first.
    var causes: [(cause: LossCause, events: UInt64)] {
        zip(LossCause.allCases, losses).filter { $0.1 > 0 }
            .sorted { ($1.1, $0.0.rawValue) < ($0.1, $1.0.rawValue) }
            .map { (cause: $0.0, events: $0.1) }
    }
}

/// Remembers the counters of earlier health checks, so that a check covers at least the last ten seconds. If checks are rare, it
/// covers at most the time since the check before the last.
///
/// Nothing happens between checks, so that a client without checks pays nothing.
struct HealthWindow: Sendable {
    static let length = Nanoseconds.seconds(10)

    private var older = HealthTotals()
    private var newer = HealthTotals()
    private var newerSince = Instant.start

    /// The earlier totals with which a check at `now` must be compared.
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
