import StatsModel
import StatsPipeline
import StatsWire

/// Events with texts on their way to the worker: set members, events, service checks. They are bounded in bytes and entries, and
/// a quarter is reserved for critical events (``TextPool/criticalShare``). They have a lock, since they are recorded much less
/// often than other events.
struct LiveTexts {
    /// The number of entries for this many bytes of texts: one for 128 bytes, at most 1024.
    static func entryLimit(byteLimit: Int) -> Int { max(16, min(1024, byteLimit / 128)) }

    struct Entry {
        var event: DecodedEvent
        /// Nanoseconds since 1970.
        var timestamp: Int64
        /// Bytes of the entry's strings.
        var byteCount: Int
    }

    private(set) var bytes: [UInt8] = []
    private(set) var entries: [Entry] = []
    let byteLimit: Int
    let entryLimit: Int

    init(byteLimit: Int) {
        self.byteLimit = byteLimit
        entryLimit = Self.entryLimit(byteLimit: byteLimit)
        bytes.reserveCapacity(byteLimit)
        entries.reserveCapacity(entryLimit)
    }

    /// Memory for this many bytes of texts.
    static func memory(byteLimit: Int) -> Int { byteLimit + entryLimit(byteLimit: byteLimit) * MemoryLayout<Entry>.stride }

    func hasRoom(byteCount: Int, isCritical: Bool) -> Bool {
        let places = isCritical ? entryLimit : entryLimit - entryLimit / TextPool.criticalShare
        let room = isCritical ? byteLimit : byteLimit - byteLimit / TextPool.criticalShare
        // A single text may take all of the room, as in the pool.
        return entries.count < places && bytes.count + byteCount <= (entries.isEmpty ? byteLimit : room)
    }

    mutating func append(_ type: MetricType, _ strings: LiveStrings, value: Double, rate: Double, timestamp: Int64) {
        let start = bytes.count
        var event = strings.event(type, value: value, rate: rate)
        bytes.append(contentsOf: strings.bytes)
        event.name = Self.shift(event.name, start)
        event.tags = Self.shift(event.tags, start)
        event.extra = Self.shift(event.extra, start)
        event.text = Self.shift(event.text, start)
        entries.append(Entry(event: event, timestamp: timestamp, byteCount: strings.bytes.count))
    }

    private static func shift(_ range: ByteRange, _ start: Int) -> ByteRange {
        ByteRange(range.range.lowerBound + start..<range.range.upperBound + start)
    }

    /// Removes the oldest entries. Their bytes stay until all entries are removed.
    mutating func removeFirst(_ count: Int) {
        if count == entries.count { removeAll() } else { entries.removeFirst(count) }
    }

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        entries.removeAll(keepingCapacity: true)
    }
}

/// The strings of one metric or event, joined in one array of bytes.
struct LiveStrings: Sendable {
    private(set) var bytes: [UInt8]
    private let nameCount: Int
    private let tagsCount: Int
    private let extraCount: Int

    init(name: String, tags: String, extra: String = "", text: String = "") {
        bytes = Array(name.utf8)
        nameCount = bytes.count
        bytes.append(contentsOf: tags.utf8)
        tagsCount = bytes.count - nameCount
        bytes.append(contentsOf: extra.utf8)
        extraCount = bytes.count - nameCount - tagsCount
        bytes.append(contentsOf: text.utf8)
    }

    /// Tags sorted by key, so that no dictionary's order is visible. Commas and bars inside a tag would end it, so they become
    /// underscores.
    static func join(_ tags: [String: String]) -> String {
        join(tags.map { ($0.key, $0.value) })
    }
    static func join(_ tags: Span<(String, String)>) -> String {
        var pairs: [(String, String)] = []
        for index in tags.indices { pairs.append(tags[index]) }
        return join(pairs)
    }
    static func join(_ tags: [(String, String)]) -> String {
        if tags.isEmpty { return "" }
        return tags.map { clean($0.1.isEmpty ? $0.0 : "\($0.0):\($0.1)") }.sorted().joined(separator: ",")
    }

    private static func clean(_ tag: String) -> String {
        String(tag.map { $0 == "," || $0 == "|" || $0.isNewline ? "_" : $0 })
    }

    var name: ByteRange { ByteRange(0..<nameCount) }
    var tags: ByteRange { ByteRange(nameCount..<nameCount + tagsCount) }
    var extra: ByteRange { ByteRange(nameCount + tagsCount..<nameCount + tagsCount + extraCount) }
    var text: ByteRange { ByteRange(nameCount + tagsCount + extraCount..<bytes.count) }

    func event(_ type: MetricType, value: Double, rate: Double) -> DecodedEvent {
        DecodedEvent(type: type, value: value, rate: rate, name: name, tags: tags, text: text, extra: extra)
    }

    func content(_ type: MetricType, value: Double, rate: Double, timestamp: Int64) -> UInt64 {
        let key = EventContent.key(type, bytes.span, name: name, tags: tags, extra: extra)
        return EventContent.hash(
            type, metricKey: key, value: value, rate: rate, timestamp: timestamp, flags: [], bytes: bytes.span,
            name: name, tags: tags, extra: extra, text: text)
    }
}
