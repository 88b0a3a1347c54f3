extension MetricCatalog {
    /// The ranges of a metric's key in the arena: name, then tags, then extra fields, without separators. The bytes between
    /// keys belong to the catalog.
    public struct Key: Sendable {
        /// The metric's type.
        public let type: MetricType
        /// The name.
        public let name: ByteRange
        /// The canonical tags, separated by commas.
        public let tags: ByteRange
        /// The extra fields, such as a container's identifier.
        public let extra: ByteRange

        /// A key outside a catalog. Its ranges refer to bytes that the caller passes along with it.
        public init(_ type: MetricType, name: ByteRange, tags: ByteRange, extra: ByteRange) {
            self.type = type
            self.name = name
            self.tags = tags
            self.extra = extra
        }
    }

    /// The metric's type. O(1). Traps for a number that the catalog did not give out.
    public func type(of metric: MetricID) -> MetricType { record(of: metric).type }

    /// A hash of the canonical key, equal in every catalog that knows this metric. O(1).
    public func keyHash(of metric: MetricID) -> UInt64 {
        let place = addresses[metric.index]
        return Record.digest(at: KeyArena.offset(of: place), in: arena.chunks.span[KeyArena.chunk(of: place)])
    }

    /// The canonical key as ranges into the bytes that ``withBytes(of:_:)`` gives for this metric. O(1).
    public func key(of metric: MetricID) -> Key {
        let record = record(of: metric)
        let place = record.key
        // No record ends beyond 2^32.
        let start = UInt32(truncatingIfNeeded: place.offset)
        let nameEnd = start &+ UInt32(truncatingIfNeeded: place.name)
        let tagsEnd = nameEnd &+ UInt32(truncatingIfNeeded: place.tags)
        return Key(
            record.type, name: ByteRange(lower: start, upper: nameEnd), tags: ByteRange(lower: nameEnd, upper: tagsEnd),
            extra: ByteRange(lower: tagsEnd, upper: tagsEnd &+ UInt32(truncatingIfNeeded: place.extra)))
    }

    /// Calls `body` with the bytes to which the key of this metric refers.
    @inlinable public func withBytes<Result>(of metric: MetricID, _ body: (Span<UInt8>) -> Result) -> Result {
        let chunk = arena.chunks[KeyArena.chunk(of: addresses[metric.index])]
        return body(chunk.span)
    }

    /// The name as ``VisibleText``. Different names give different texts. O(n), allocates.
    public func name(of metric: MetricID) -> String {
        let name = key(of: metric).name.range
        return withBytes(of: metric) { VisibleText.text($0, name) }
    }

    /// `name`, `name{tag,tag}` or `name{tag}|c:container`, for people and golden files. Different metrics of one type give
    /// different labels. A label is ``VisibleText``, in which a backslash precedes each brace and bar that could be taken for a
    /// separator. O(n), allocates.
    public func label(of metric: MetricID) -> String {
        let key = key(of: metric)
        return withBytes(of: metric) { Self.label(key, $0) }
    }

    private static func label(_ key: Key, _ bytes: Span<UInt8>) -> String {
        var text = ""
        VisibleText.append(bytes, key.name.range, reserved: "{|", to: &text)
        if !key.tags.isEmpty {
            text.append("{")
            VisibleText.append(bytes, key.tags.range, reserved: "}", to: &text)
            text.append("}")
        }
        if !key.extra.isEmpty {
            text.append("|")
            VisibleText.append(bytes, key.extra.range, to: &text)
        }
        return text
    }

    /// Whether two metrics have the same name, byte by byte.
    package func hasSameName(_ a: MetricID, _ b: MetricID) -> Bool {
        let (first, second) = (record(of: a).key, record(of: b).key)
        return first.name == second.name && Self.common(first, chunk(of: a), second, chunk(of: b)) == first.name
    }

    /// The order of names by their bytes.
    package func namePrecedes(_ a: MetricID, _ b: MetricID) -> Bool {
        Self.namePrecedes(record(of: a).key, chunk(of: a), record(of: b).key, chunk(of: b))
    }

    private static func namePrecedes(_ a: KeyPlace, _ bytesOfA: [UInt8], _ b: KeyPlace, _ bytesOfB: [UInt8]) -> Bool {
        let common = common(a, bytesOfA, b, bytesOfB)
        if common == min(a.name, b.name) { return a.name < b.name }
        return bytesOfA[a.offset + common] < bytesOfB[b.offset + common]
    }

    /// The order of reports: by type, then by the bytes of name, tags and extra fields as a label joins them.
    package func labelPrecedes(_ a: MetricID, _ b: MetricID) -> Bool {
        let (first, second) = (record(of: a), record(of: b))
        if first.type != second.type { return first.type < second.type }
        return Self.labelPrecedes(first.key, chunk(of: a), second.key, chunk(of: b))
    }

    private static func labelPrecedes(_ a: KeyPlace, _ bytesOfA: [UInt8], _ b: KeyPlace, _ bytesOfB: [UInt8]) -> Bool {
        var index = common(a, bytesOfA, b, bytesOfB)
        if index < min(a.name, b.name) { return bytesOfA[a.offset + index] < bytesOfB[b.offset + index] }
        while true {
            guard let x = labelByte(a, bytesOfA, index) else { return labelByte(b, bytesOfB, index) != nil }
            guard let y = labelByte(b, bytesOfB, index) else { return false }
            if x != y { return x < y }
            index += 1
        }
    }

    /// The chunk with a metric's record.
    private func chunk(of metric: MetricID) -> [UInt8] { arena.chunks[KeyArena.chunk(of: addresses[metric.index])] }

    /// The length of the names' common beginning, in bytes.
    private static func common(_ a: KeyPlace, _ bytesOfA: [UInt8], _ b: KeyPlace, _ bytesOfB: [UInt8]) -> Int {
        let count = min(a.name, b.name)
        var index = 0
        while index < count, bytesOfA[a.offset + index] == bytesOfB[b.offset + index] { index += 1 }
        return index
    }

    /// The byte at `index` of `name{tags}|extra`, without escapes. nil beyond its end.
    private static func labelByte(_ key: KeyPlace, _ bytes: [UInt8], _ index: Int) -> UInt8? {
        if index < key.name { return bytes[key.offset + index] }
        var rest = index - key.name
        if key.tags > 0 {
            if rest == 0 { return UInt8(ascii: "{") }
            if rest <= key.tags { return bytes[key.offset + key.name + rest - 1] }
            if rest == key.tags + 1 { return UInt8(ascii: "}") }
            rest -= key.tags + 2
        }
        guard key.extra > 0 else { return nil }
        if rest == 0 { return UInt8(ascii: "|") }
        return rest <= key.extra ? bytes[key.offset + key.name + key.tags + rest - 1] : nil
    }
}
