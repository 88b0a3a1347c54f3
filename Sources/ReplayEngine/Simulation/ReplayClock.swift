import StatsModel

/// Maps the datagrams of a capture to instants of a run, at any pace. The instants never decrease.
struct ReplayClock {
    let pace: Pace
    let recordPerEvent: Nanoseconds
    /// Whether no datagram of the capture has a time. Datagrams are then offered in file order, ``untimedDistance`` apart instead
    /// of at their recorded distances.
    let isUntimed: Bool
    private var first: Int64?
    private var latest: Int64 = 0
    private var datagrams: UInt64 = 0
    private var datagramsThisPass: UInt64 = 0
    private var bits: UInt64 = 0
    /// The capture time at which this pass begins, counted from the first datagram of the first pass.
    private var passOffset: Int64 = 0
    private var last = Instant.start
    private var busyUntil = Instant.start

    /// The distance between datagrams of a capture without times in nanoseconds: 1000 datagrams a second. Without a distance,
    /// they would all be offered at once and fill the client's buffer, which their real sender need not have done. `--pps` sets
    /// another rate.
    static let untimedDistance: Int64 = 1_000_000

    init(pace: Pace, recordPerEvent: Nanoseconds, isUntimed: Bool = false) {
        self.pace = pace
        self.isUntimed = isUntimed
        self.recordPerEvent = recordPerEvent
    }

    /// The instant at which the datagram with this capture time and payload is offered.
    ///
    /// If the capture's clock steps back, the run's clock stands still. O(1).
    ///
    /// - Parameter hasTimestamp: false if the datagram has no time of its own and is offered together with the one before it
    mutating func schedule(timestamp stated: Int64, hasTimestamp: Bool = true, byteCount: Int) -> Instant {
        let timestamp = self.timestamp(stated, hasTimestamp)
        let origin = first ?? timestamp
        if hasTimestamp || isUntimed { first = origin }
        latest = max(latest, timestamp &- origin)
        let time: Instant
        switch pace {
        case .multiplier(let factor):
            let elapsed = max(0, passOffset &+ (timestamp &- origin))
            time = Instant(nanoseconds: factor == 1 ? UInt64(elapsed) : Self.clamp(Double(elapsed) / factor))
        case .packetsPerSecond(let rate):
            time = Instant(nanoseconds: Self.clamp(Double(datagrams) * 1e9 / rate))
        case .megabitsPerSecond(let rate):
            time = Instant(nanoseconds: Self.clamp(Double(bits) * 1e3 / rate))
        case .topspeed:
            time = busyUntil
        }
        datagrams += 1
        datagramsThisPass += 1
        bits += UInt64(byteCount) * 8
        last = max(last, min(time, Self.end))
        return last
    }

    /// The capture time on which the schedule is based.
    private func timestamp(_ stated: Int64, _ hasTimestamp: Bool) -> Int64 {
        if isUntimed { return Int64(clamping: datagramsThisPass) &* Self.untimedDistance }
        // A datagram before the first one with a time is offered together with it, and not in 1970.
        return hasTimestamp || first != nil ? stated : 0
    }

    /// Records the number of events in the last datagram. The producer is busy while it records them.
    mutating func recordOffered(events: UInt64) {
        busyUntil = last + Nanoseconds(recordPerEvent.rawValue * Int64(clamping: max(1, events)))
    }

    /// Begins the capture again, one mean distance between datagrams after the last datagram.
    mutating func beginNextPass() {
        let gap = datagramsThisPass > 1 ? latest / Int64(clamping: datagramsThisPass - 1) : 1_000_000
        passOffset &+= latest &+ max(1, gap)
        datagramsThisPass = 0
    }

    /// The latest instant at which a datagram is offered: ten years after the run began, at any pace and with any clock in the
    /// capture. Without this limit, time could reach its largest value and stand still, and an idle client, which sends once an
    /// hour, would have to be driven up to that point.
    static let end = Instant(nanoseconds: 10 * 365 * 86_400 * 1_000_000_000)

    private static func clamp(_ nanoseconds: Double) -> UInt64 {
        nanoseconds < Double(end.nanoseconds) ? UInt64(max(0, nanoseconds)) : end.nanoseconds
    }
}
