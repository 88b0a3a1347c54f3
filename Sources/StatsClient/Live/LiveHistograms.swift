import Histogram
import StatsModel

/// The guide's histograms, recorded by the worker only. They are HDR histograms from a nanosecond to a day, with two digits in 42
/// KiB each or one digit in 6 KiB (``StatsClient/Configuration/latencyDigits``). Allocated once.
///
/// Health only looks at the last ten to twenty seconds. Two intervals take turns, so that a jam an hour ago does not make a
/// client unhealthy for ever.
struct LiveHistograms {
    static let longest: UInt64 = 86_400_000_000_000
    static let interval = Nanoseconds.seconds(10)
    static let digitRange = 1...2

    /// Bytes of all histograms with this number of digits.
    static func memory(digits: Int) -> Int { digits == 1 ? 6 * 6200 + 2500 : 6 * 43_000 + 11_000 }

    /// The time that an event waited in its thread's buffer until the worker took it.
    private(set) var buffer: Histogram<UInt64>
    /// The duration of one system call with up to 32 packets.
    private(set) var send: Histogram<UInt64>
    /// The time from recording a packet's first event until the system took the packet.
    private(set) var endToEnd: Histogram<UInt64>
    /// The time that a packet was open: from its first event's entry until the system took it.
    private(set) var batchAge: Histogram<UInt64>
    /// The number of events in a packet.
    private(set) var batchSize: Histogram<UInt64>
    /// End-to-end times of this interval and of the one before.
    private(set) var recent: Histogram<UInt64>
    private(set) var before: Histogram<UInt64>
    private var peak = 0
    private var peakBefore = 0
    private var intervalEnd = Instant.start + Self.interval

    /// - Parameter digits: inside ``digitRange``
    init(digits: Int = 2) {
        let make = { Histogram<UInt64>(highestTrackableValue: $0, numberOfSignificantValueDigits: digits == 1 ? .one : .two) }
        (buffer, send, endToEnd, batchAge) = (make(Self.longest), make(Self.longest), make(Self.longest), make(Self.longest))
        (recent, before, batchSize) = (make(Self.longest), make(Self.longest), make(65_536))
    }

    /// Limits a time to 0 up to one day, since clocks may be set back or ahead.
    private static func clamp(_ nanoseconds: Int64) -> UInt64 { min(longest, UInt64(max(0, nanoseconds))) }

    mutating func recordBuffer(_ nanoseconds: Int64, count: UInt64) {
        _ = buffer.record(Self.clamp(nanoseconds), count: count)
    }

    mutating func recordSend(_ nanoseconds: Int64) { _ = send.record(Self.clamp(nanoseconds)) }

    mutating func recordPacket(eventCount: Int, age: Int64, endToEnd time: Int64) {
        _ = batchSize.record(UInt64(min(65_536, eventCount)))
        _ = batchAge.record(Self.clamp(age))
        _ = endToEnd.record(Self.clamp(time))
        _ = recent.record(Self.clamp(time))
    }

    /// Records the number of events that waited in one buffer.
    mutating func recordPeak(_ count: Int) { peak = max(peak, count) }

    /// Begins a new interval if it is time.
    mutating func turn(at now: Instant) {
        if now < intervalEnd { return }
        // After a long sleep, the stored interval is not the one directly before this.
        let isOld = now - intervalEnd >= Self.interval
        swap(&recent, &before)
        recent.reset()
        if isOld { before.reset() }
        peakBefore = isOld ? 0 : peak
        peak = 0
        intervalEnd = now + Self.interval
    }

    /// The largest number of events in one buffer in the last ten to twenty seconds.
    var recentPeak: Int { max(peak, peakBefore) }

    /// The 99th percentile from recording to the system in the same time, from the worse of the two intervals.
    var recentP99: UInt64 {
        max(
            recent.totalCount == 0 ? 0 : recent.valueAtPercentile(99),
            before.totalCount == 0 ? 0 : before.valueAtPercentile(99))
    }
}
