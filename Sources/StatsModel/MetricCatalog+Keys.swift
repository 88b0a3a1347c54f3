extension MetricCatalog {
    /// Where a metric's key stands in the arena: name, then tags, then extra fields, without separators.
    public struct Key: Sendable {
        public let type: MetricType
        public let name: ByteRange
        public let tags: ByteRange
        public let extra: ByteRange

        /// A key outside a catalog: the ranges point into bytes that whoever made it passes along.
        public init(_ type: MetricType, name: ByteRange, tags: ByteRange, extra: ByteRange) {
            self.type = type
            self.name = name
            self.tags = tags
            self.extra = extra
        }
    }

    private func row(of metric: MetricID) -> Row { rows[Int(canonical[metric.index])] }

    /// The metric's type. O(1); an identifier of another catalog traps.
    public func type(of metric: MetricID) -> MetricType { row(of: metric).type }

    /// A hash of the canonical key, equal in every catalog that knows this metric. O(1).
    public func keyHash(of metric: MetricID) -> UInt64 { row(of: metric).hash }

    /// The canonical key as ranges into the arena that ``withArena(_:)`` shows. O(1).
    public func key(of metric: MetricID) -> Key {
        let row = row(of: metric)
        let name = row.offset..<row.offset + Int(row.nameCount)
        let tags = name.upperBound..<name.upperBound + Int(row.tagsCount)
        return Key(
            row.type, name: ByteRange(name), tags: ByteRange(tags),
            extra: ByteRange(tags.upperBound..<tags.upperBound + Int(row.extraCount)))
    }

    /// Calls `body` with the bytes that keys point into.
    public func withArena<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
        body(arena.span)
    }

    /// The name; bytes that are not UTF-8 are repaired. O(n), allocates.
    public func name(of metric: MetricID) -> String {
        String(decoding: arena[key(of: metric).name.range], as: UTF8.self)
    }

    /// The tags, sorted. O(n), allocates.
    public func tags(of metric: MetricID) -> [String] {
        arena[key(of: metric).tags.range].split(separator: UInt8(ascii: ",")).map { String(decoding: $0, as: UTF8.self) }
    }

    /// `name`, `name{tag,tag}` or `name{tag}|c:container`, for people and golden files. O(n), allocates.
    public func label(of metric: MetricID) -> String {
        let tags = tags(of: metric)
        let extra = arena[key(of: metric).extra.range]
        let tagText = tags.isEmpty ? "" : "{\(tags.joined(separator: ","))}"
        return name(of: metric) + tagText + (extra.isEmpty ? "" : "|\(String(decoding: extra, as: UTF8.self))")
    }
}
