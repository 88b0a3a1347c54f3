import StatsModel

/// Maps the datagrams of a capture to instants of a run, whatever the pace; never backwards.
struct ReplayClock {
    let pace: Pace
    let recordPerEvent: Nanoseconds
    /// No datagram of the capture states a time: they are offered in order, ``untimedDistance`` apart in place of what
    /// was recorded.
    let isUntimed: Bool
    private var first: Int64?
    private var latest: Int64 = 0
    private var datagrams: UInt64 = 0
    private var datagramsThisPass: UInt64 = 0
    private var bits: UInt64 = 0
    /// Capture time at which this pass begins, counted from the first datagram of the first pass.
    private var passOffset: Int64 = 0
    private var last = Instant.start
    private var busyUntil = Instant.start

    /// Between the datagrams of a capture without times: a thousand a second. At once they would fill the client's buffer,
    /// which says nothing of the sender; a rate of one's own is what `--pps` is for.
    static let untimedDistance: Int64 = 1_000_000

    init(pace: Pace, recordPerEvent: Nanoseconds, isUntimed: Bool = false) {
        self.pace = pace
        self.isUntimed = isUntimed
        self.recordPerEvent = recordPerEvent
    }

    /// When the datagram with this capture time and payload is offered.
    ///
    /// A clock that steps back in the capture holds the run's clock where it is. O(1).
    ///
    /// - Parameter hasTimestamp: where it is false the datagram comes with the one before it
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

    /// The capture time to reckon with.
    private func timestamp(_ stated: Int64, _ hasTimestamp: Bool) -> Int64 {
        if isUntimed { return Int64(clamping: datagramsThisPass) &* Self.untimedDistance }
        // In front of the first that states a time: with it, not in 1970.
        return hasTimestamp || first != nil ? stated : 0
    }

    /// The datagram held so many events: the producer was busy recording them.
    mutating func recordOffered(events: UInt64) {
        busyUntil = last + Nanoseconds(recordPerEvent.rawValue * Int64(clamping: max(1, events)))
    }

    /// The capture begins again, one mean distance between datagrams after the last one.
    mutating func beginNextPass() {
        let gap = datagramsThisPass > 1 ? latest / Int64(clamping: datagramsThisPass - 1) : 1_000_000
        passOffset &+= latest &+ max(1, gap)
        datagramsThisPass = 0
    }

    /// No datagram is offered later than ten years into a run, whatever the pace or the capture's clock say: time that
    /// saturates at its end would stand still, and an idle client speaks once an hour.
    static let end = Instant(nanoseconds: 10 * 365 * 86_400 * 1_000_000_000)

    private static func clamp(_ nanoseconds: Double) -> UInt64 {
        nanoseconds < Double(end.nanoseconds) ? UInt64(max(0, nanoseconds)) : end.nanoseconds
    }
}
