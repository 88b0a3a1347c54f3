/// Counts how often the same packet was captured at each vantage point, and derives how many packets were sent.
///
/// Each vantage point shows every packet once. So the vantage point with the highest count gives the number of packets. A
/// vantage point with a lower count repeats packets that others showed before, oldest first. For example, "out, out, in, in"
/// are two packets, and so are "out, in, out".
///
/// The capture may lose one of these duplicates. Its absence must not hide a later packet. If a vantage point lags behind by
/// some number for a whole ``DuplicateRule/window``, that number is added to its count.
struct VantagePointCounts {
    private struct VantageCount {
        /// The hash that names a ``VantagePoint``; 0 is a free place.
        var name: UInt64 = 0
        /// Packets that it showed, plus those it was credited with. Wraps together with ``VantagePointCounts/packets``.
        var count: UInt32 = 0
        /// The smallest lag since the last ``startInterval(at:)``.
        var leastBehind: UInt32 = 0
    }

    private(set) var latest: Int64
    private var intervalStart: Int64
    /// The number of packets; wraps.
    private(set) var packets: UInt32 = 0
    /// ``packets`` at the last two calls of ``startInterval(at:)``. A vantage point that first appears now cannot be showing packets
    /// older than that.
    private var old: (UInt32, UInt32) = (0, 0)
    private var counts: (VantageCount, VantageCount, VantageCount, VantageCount)

    /// The first capture of a packet.
    init(kernelVantage: UInt64, at time: Int64) {
        latest = time
        intervalStart = time
        packets = 1
        counts = (VantageCount(name: kernelVantage, count: 1), VantageCount(), VantageCount(), VantageCount())
    }

    /// Whether a capture at `time` is close enough to be one of these packets.
    func isNear(_ time: Int64) -> Bool { Self.distance(latest, time) <= UInt64(DuplicateRule.window) }

    /// Counts one more capture. Returns whether it is a duplicate of a packet captured before. O(1).
    ///
    /// Four vantage points are distinguished. Captures at a fifth are all duplicates.
    mutating func handle(kernelVantage: UInt64, at time: Int64) -> Bool {
        if Self.distance(intervalStart, time) > UInt64(DuplicateRule.window) { startInterval(at: time) }
        latest = time
        let known = (old: old.0, packets: packets)
        if counts.0.name == kernelVantage { return Self.count(&counts.0, &packets) }
        if Self.enter(kernelVantage, &counts.1, known) { return Self.count(&counts.1, &packets) }
        if Self.enter(kernelVantage, &counts.2, known) { return Self.count(&counts.2, &packets) }
        if Self.enter(kernelVantage, &counts.3, known) { return Self.count(&counts.3, &packets) }
        return true
    }

    /// Whether the place belongs to this vantage point. A free place is given to it.
    private static func enter(
        _ name: UInt64, _ kernelVantage: inout VantageCount, _ known: (old: UInt32, packets: UInt32)
    ) -> Bool {
        if kernelVantage.name == 0 {
            kernelVantage = VantageCount(name: name, count: known.old, leastBehind: known.packets &- known.old)
        }
        return kernelVantage.name == name
    }

    private static func count(_ kernelVantage: inout VantageCount, _ packets: inout UInt32) -> Bool {
        let isSecond = kernelVantage.count != packets
        kernelVantage.count &+= 1
        if !isSecond { packets &+= 1 }
        kernelVantage.leastBehind = min(kernelVantage.leastBehind, packets &- kernelVantage.count)
        return isSecond
    }

    private mutating func startInterval(at time: Int64) {
        Self.forgetLag(&counts.0, packets)
        Self.forgetLag(&counts.1, packets)
        Self.forgetLag(&counts.2, packets)
        Self.forgetLag(&counts.3, packets)
        old = (old.1, packets)
        intervalStart = time
    }

    private static func forgetLag(_ kernelVantage: inout VantageCount, _ packets: UInt32) {
        guard kernelVantage.name != 0 else { return }
        kernelVantage.count &+= kernelVantage.leastBehind
        kernelVantage.leastBehind = packets &- kernelVantage.count
    }

    private static func distance(_ a: Int64, _ b: Int64) -> UInt64 {
        let (distance, overflow) = b.subtractingReportingOverflow(a)
        return overflow ? .max : distance.magnitude
    }
}
