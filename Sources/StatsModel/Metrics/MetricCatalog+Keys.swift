extension MetricCatalog {
    /// The ranges of a metric's key in the arena: name, then tags, then extra fields, without separators. The bytes between
    /// keys belong to the catalog.
    public struct Key: Sendable {
        public let type: MetricType
        public let name: ByteRange
        public let tags: ByteRange
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
    public func keyHash(of metric: MetricID) -> UInt64 { Record.digest(at: Int(offsets[metric.index]), in: arena.span) }

    /// The canonical key as ranges into the arena that ``withArena(_:)`` shows. O(1).
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

    /// Calls `body` with the bytes to which keys refer.
    public func withArena<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
        body(arena.span)
    }

    /// The name as ``VisibleText``. Different names give different texts. O(n), allocates.
    public func name(of metric: MetricID) -> String { VisibleText.text(arena.span, key(of: metric).name.range) }

    /// `name`, `name{tag,tag}` or `name{tag}|c:container`, for people and golden files. Different metrics of one type give
    /// different labels. A label is ``VisibleText``, in which a backslash precedes each brace and bar that could be taken for a
    /// separator. O(n), allocates.
    public func label(of metric: MetricID) -> String {
        let key = key(of: metric)
        let bytes = arena.span
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
        let (a, b) = (record(of: a).key, record(of: b).key)
        return a.name == b.name && arena[a.offset..<a.offset + a.name] == arena[b.offset..<b.offset + b.name]
    }

    /// The order of names by their bytes.
    package func namePrecedes(_ a: MetricID, _ b: MetricID) -> Bool {
        let (a, b) = (record(of: a).key, record(of: b).key)
        let common = common(a, b)
        if common == min(a.name, b.name) { return a.name < b.name }
        return arena[a.offset + common] < arena[b.offset + common]
    }

    /// The order of reports: by type, then by the bytes of name, tags and extra fields as a label joins them.
    package func labelPrecedes(_ a: MetricID, _ b: MetricID) -> Bool {
        let (first, second) = (record(of: a), record(of: b))
        if first.type != second.type { return first.type < second.type }
        let (a, b) = (first.key, second.key)
        var index = common(a, b)
        if index < min(a.name, b.name) { return arena[a.offset + index] < arena[b.offset + index] }
        while true {
            guard let x = labelByte(a, index) else { return labelByte(b, index) != nil }
            guard let y = labelByte(b, index) else { return false }
            if x != y { return x < y }
            index += 1
        }
    }

    /// The length of the names' common beginning, in bytes.
    private func common(_ a: KeyPlace, _ b: KeyPlace) -> Int {
        let count = min(a.name, b.name)
        var index = 0
        while index < count, arena[a.offset + index] == arena[b.offset + index] { index += 1 }
        return index
    }

    /// The byte at `index` of `name{tags}|extra`, without escapes. nil beyond its end.
    private func labelByte(_ key: KeyPlace, _ index: Int) -> UInt8? {
        if index < key.name { return arena[key.offset + index] }
        var rest = index - key.name
        if key.tags > 0 {
            if rest == 0 { return UInt8(ascii: "{") }
            if rest <= key.tags { return arena[key.offset + key.name + rest - 1] }
            if rest == key.tags + 1 { return UInt8(ascii: "}") }
            rest -= key.tags + 2
        }
        guard key.extra > 0 else { return nil }
        if rest == 0 { return UInt8(ascii: "|") }
        return rest <= key.extra ? arena[key.offset + key.name + key.tags + rest - 1] : nil
    }
}
