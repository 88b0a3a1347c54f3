import StatsModel
import StatsPipeline
import StatsWire

/// Which events of a capture the default client refuses whatever the network does, because they are longer than it sends.
///
/// What counts is the event as that client encodes it: its tags sorted and each once, its text without escapes.
struct DeliveryCheck: Sendable {
    /// Whose limits they are: the client of a run that names none.
    static let client = ClientConfiguration.standard
    /// Bytes of an encoded event at most, and of any that a datagram can hold.
    static let limit = client.largestDataSize - PacketHeader.byteCount
    static let largestLimit = 65_507 - PacketHeader.byteCount
    /// A record takes no more than that beside its strings.
    private static let overhead = 64

    private(set) var events: UInt64 = 0
    /// Bytes of the longest of them.
    private(set) var longest = 0

    /// Takes an event. O(1) for those that surely fit, O(bytes) for others.
    @inline(__always)
    mutating func record(_ event: DecodedEvent, bytes: Span<UInt8>, timestamp: Int64) {
        let strings = event.name.count + event.tags.count + event.extra.count + event.text.count
        if strings + Self.overhead > Self.limit { recordLong(event, bytes, timestamp, strings: strings) }
    }

    @inline(never)
    private mutating func recordLong(_ event: DecodedEvent, _ bytes: Span<UInt8>, _ timestamp: Int64, strings: Int) {
        // What no packet can state is at least as long as its strings.
        let byteCount = Self.encodedCount(event, bytes, timestamp) ?? max(strings, Self.largestLimit + 1)
        guard byteCount > Self.limit else { return }
        events += UInt64(event.count)
        longest = max(longest, byteCount)
    }

    /// Bytes of the event as the default client encodes it; nil where no packet can hold it.
    private static func encodedCount(_ event: DecodedEvent, _ bytes: Span<UInt8>, _ timestamp: Int64) -> Int? {
        let recorded = event.timestamp(recordedAt: timestamp)
        var builder = PacketBuilder(maximumSize: 65_507, codec: client.codec)
        // An event may wait before it enters a packet, whose time its own is written relative to.
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
            result = catalog.withArena { keys in
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

    /// What a run of the default client would refuse, with the setting of a client file that helps; empty: nothing.
    func problems(distinctMetrics: UInt64) -> [String] {
        var found: [String] = []
        if events > 0 {
            let advice =
                longest <= Self.largestLimit
                ? "run it with --client FILE, where FILE says large_event_limit: \(longest)"
                : "no datagram holds the longest; its sender has to make it shorter"
            found.append(
                "\(events) event\(events == 1 ? " is" : "s are") longer than the \(Self.limit) bytes that the default client sends,"
                    + " the longest takes \(longest): \(advice)")
        }
        if distinctMetrics > UInt64(Self.client.metricLimit) {
            found.append(
                "\(distinctMetrics) distinct metrics, and the default client keeps \(Self.client.metricLimit): "
                    + "run it with --client FILE, where FILE says metric_limit: \(distinctMetrics)")
        }
        return found
    }
}
