import StatsModel
import StatsPipeline
import StatsWire

/// Finds the events of a capture that the default client always refuses, because they are longer than its limit.
///
/// The length is that of the event as this client encodes it: with sorted tags, without repeated tags, and with unescaped text.
struct DeliveryCheck: Sendable {
    /// The client whose limits apply: the client of a run without a client file.
    static let client = ClientConfiguration.standard
    /// The largest encoded event of that client, and the largest that any datagram can hold, in bytes.
    static let limit = client.largestDataSize - PacketHeader.byteCount
    static let largestLimit = 65_507 - PacketHeader.byteCount
    /// The largest number of bytes that a record takes besides its strings.
    private static let overhead = 64

    private(set) var events: UInt64 = 0
    /// Bytes of the longest refused event.
    private(set) var longest = 0

    /// Checks an event. O(1) for short events, O(bytes) for events near the limit.
    @inline(__always)
    mutating func record(_ event: DecodedEvent, bytes: Span<UInt8>, timestamp: Int64) {
        let strings = event.name.count + event.tags.count + event.extra.count + event.text.count
        if strings + Self.overhead > Self.limit { recordLong(event, bytes, timestamp, strings: strings) }
    }

    @inline(never)
    private mutating func recordLong(_ event: DecodedEvent, _ bytes: Span<UInt8>, _ timestamp: Int64, strings: Int) {
        // An event that no packet can hold is at least as long as its strings.
        let byteCount = Self.encodedCount(event, bytes, timestamp) ?? max(strings, Self.largestLimit + 1)
        guard byteCount > Self.limit else { return }
        events += UInt64(event.count)
        longest = max(longest, byteCount)
    }

    /// Bytes of the event in the default client's encoding. nil if no packet can hold it.
    private static func encodedCount(_ event: DecodedEvent, _ bytes: Span<UInt8>, _ timestamp: Int64) -> Int? {
        let recorded = event.timestamp(recordedAt: timestamp)
        var builder = PacketBuilder(maximumSize: 65_507, codec: client.codec)
        // An event may wait before it enters a packet, and its time is encoded relative to the packet's time.
        builder.begin(timestamp: UInt64(bitPattern: timestamp &+ 1_000_000_000))
        let text = unescaped(event, bytes)
        let slot = StatEvent(
            metric: MetricID(0), value: event.value, timestamp: recorded, rate: event.rate, count: event.count, flags: event.flags)
        let result: PacketBuilder.AppendResult
        if event.type.isMetric {
            var catalog = MetricCatalog(limit: 1)
            guard let metric = catalog.intern(event.type, bytes, name: event.name, tags: event.tags, extra: event.extra) else {
                return nil
            }
            let key = catalog.key(of: metric)
            result = catalog.withBytes(of: metric) { keys in
                builder.append(slot, key: key, keys: keys, text: ByteRange(0..<text.count), texts: text.span)
            }
        } else {
            let key = MetricCatalog.Key(event.type, name: event.name, tags: event.tags, extra: event.extra)
            result = builder.append(slot, key: key, keys: bytes, text: ByteRange(0..<text.count), texts: text.span)
        }
        return result == .appended ? builder.byteCount - PacketHeader.byteCount : nil
    }

    private static func unescaped(_ event: DecodedEvent, _ bytes: Span<UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        if event.flags.contains(.escapedText) {
            EscapedText.forEachByte(bytes, event.text) { text.append($0) }
        } else {
            for index in event.text.range { text.append(bytes[index]) }
        }
        return text
    }

    /// What a run of the default client would refuse. Empty if it would refuse nothing.
    func problems(distinctMetrics: UInt64) -> [CaptureProblem] {
        var found: [CaptureProblem] = []
        if events > 0 {
            found.append(
                .longEvents(events, longest: longest, limit: Self.limit, fitsDatagram: longest <= Self.largestLimit))
        }
        if distinctMetrics > UInt64(Self.client.metricLimit) {
            found.append(.metricsBeyondClient(distinctMetrics, limit: Self.client.metricLimit))
        }
        return found
    }
}
