import Histogram
import StatsModel

/// The guide's histograms, recorded by the one worker: HDR, from a nanosecond to a day, to two digits in 42 KiB each or to one
/// in 6 KiB (``StatsClient/Configuration/latencyDigits``). Allocated once.
///
/// What health is judged by looks back ten to twenty seconds: two intervals take turns, so an hour-old jam does not
/// make a client ill for ever.
struct LiveHistograms {
    static let longest: UInt64 = 86_400_000_000_000
    static let interval = Nanoseconds.seconds(10)
    static let digitRange = 1...2

    /// Bytes of all of them, told to so many digits.
    static func memory(digits: Int) -> Int { digits == 1 ? 6 * 6200 + 2500 : 6 * 43_000 + 11_000 }

    /// How long an event waited in its thread's buffer until the worker took it.
    private(set) var buffer: Histogram<UInt64>
    /// How long one hand-over to the system took, of up to 32 packets.
    private(set) var send: Histogram<UInt64>
    /// From the recording of a packet's first event until the system took the packet.
    private(set) var endToEnd: Histogram<UInt64>
    /// How long a packet was open: from when its first event entered it until the system took it.
    private(set) var batchAge: Histogram<UInt64>
    /// Events of a packet.
    private(set) var batchSize: Histogram<UInt64>
    /// End to end, of this interval and the one before.
    private var recent: Histogram<UInt64>
    private var before: Histogram<UInt64>
    private var peak = 0
    private var peakBefore = 0
    private var intervalEnd = Instant.start + Self.interval

    /// - Parameter digits: within ``digitRange``
    init(digits: Int = 2) {
        let make = { Histogram<UInt64>(highestTrackableValue: $0, numberOfSignificantValueDigits: digits == 1 ? .one : .two) }
        (buffer, send, endToEnd, batchAge) = (make(Self.longest), make(Self.longest), make(Self.longest), make(Self.longest))
        (recent, before, batchSize) = (make(Self.longest), make(Self.longest), make(65_536))
    }

    /// A clock that was set back makes no wait negative, and one that was set ahead none longer than a day.
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

    /// So many events waited in one buffer.
    mutating func recordPeak(_ count: Int) { peak = max(peak, count) }

    /// Begins a new interval where the time has come.
    mutating func turn(at now: Instant) {
        if now < intervalEnd { return }
        // After a long sleep the interval before is not the one that ended last.
        let isOld = now - intervalEnd >= Self.interval
        swap(&recent, &before)
        recent.reset()
        if isOld { before.reset() }
        peakBefore = isOld ? 0 : peak
        peak = 0
        intervalEnd = now + Self.interval
    }

    /// The most that waited in one buffer in the last ten to twenty seconds.
    var recentPeak: Int { max(peak, peakBefore) }

    /// The 99th percentile from recording to the system in the same time: of the worse of both intervals.
    var recentP99: UInt64 {
        max(
            recent.totalCount == 0 ? 0 : recent.valueAtPercentile(99),
            before.totalCount == 0 ? 0 : before.valueAtPercentile(99))
    }

    var footprint: Int {
        buffer.estimatedFootprintInBytes + send.estimatedFootprintInBytes + endToEnd.estimatedFootprintInBytes
            + batchAge.estimatedFootprintInBytes + batchSize.estimatedFootprintInBytes
            + recent.estimatedFootprintInBytes + before.estimatedFootprintInBytes
    }
}
