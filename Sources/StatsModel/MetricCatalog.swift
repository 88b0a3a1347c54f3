/// Every metric seen, each once: (type, name, set of tags, extra fields) to a number, and back.
///
/// Tags are a *set*: `#a,b` and `#b,a,a` are one metric. The order in which a sender writes them is remembered as
/// an alias, so that the common case is one hash and one comparison of bytes. Bounded in metrics and in bytes;
/// what no longer fits is refused, never merged.
///
/// Layout: an arena of key bytes (name, tags joined by commas, extra fields joined by bars), a row for each metric
/// and each alias, and an open-addressing table of row numbers, at most half full.
public struct MetricCatalog: Sendable {
    struct Row: Sendable {
        var hash: UInt64
        var offset: Int
        var nameCount: UInt32
        var tagsCount: UInt32
        var extraCount: UInt32
        var type: MetricType
        var metric: MetricID
    }

    /// How many metrics there may be; as many aliases again may stand beside them.
    public let limit: Int
    public let byteLimit: Int
    var arena: [UInt8] = []
    var rows: [Row] = []
    /// Row number of each metric, by its identifier.
    var canonical: [UInt32] = []
    /// Row number + 1, or 0 where free. Its count is a power of two.
    var slots: [UInt32]

    /// - Parameters:
    ///   - limit: distinct metrics at most
    ///   - byteLimit: bytes of names, tags and aliases at most
    public init(limit: Int = 1 << 20, byteLimit: Int = 1 << 28) {
        precondition(limit > 0 && limit < 1 << 30, "a catalog holds at least one metric")
        self.limit = limit
        self.byteLimit = byteLimit
        slots = Array(repeating: 0, count: 1024)
    }

    /// How many distinct metrics there are.
    public var count: Int { canonical.count }

    /// Distinct metrics without events and service checks.
    public private(set) var metricCount = 0

    /// Rows of metrics and aliases: what grows when a metric, or a known one's tags in another order, is first seen.
    public var rowCount: Int { rows.count }

    /// The number of this metric where exactly these bytes were seen before; nil elsewhere. O(length of the key).
    public func knownAsWritten(
        _ type: MetricType, _ bytes: Span<UInt8>, name: ByteRange, tags: ByteRange = .empty, extra: ByteRange = .empty
    ) -> MetricID? {
        find(Self.hash(type, bytes, name: name, tags: tags, extra: extra), type, bytes, name: name, tags: tags, extra: extra)
            .map { rows[$0].metric }
    }

    /// The number of this metric where it is known, in whatever order its tags stand; nil elsewhere. Adds nothing.
    /// O(length of the key); allocates.
    public func known(
        _ type: MetricType, _ bytes: Span<UInt8>, name: ByteRange, tags: ByteRange = .empty, extra: ByteRange = .empty
    ) -> MetricID? {
        let sorted = Self.canonicalTags(bytes, tags)
        var key: [UInt8] = []
        for index in name.range { key.append(bytes[index]) }
        key.append(contentsOf: sorted)
        for index in extra.range { key.append(bytes[index]) }
        let endOfTags = name.count + sorted.count
        return knownAsWritten(
            type, key.span, name: ByteRange(0..<name.count), tags: ByteRange(name.count..<endOfTags),
            extra: ByteRange(endOfTags..<key.count))
    }

    /// The number of this metric, new or known; nil when the catalog is full.
    ///
    /// - Parameters:
    ///   - bytes: the buffer that the ranges point into
    ///   - name: the metric's name, not empty
    ///   - tags: tags joined by commas, in any order
    ///   - extra: further fields joined by `|` (`c:`, `e:`, `card:`), part of the identity
    ///
    /// O(length of the key); allocates only at first sight.
    public mutating func intern(
        _ type: MetricType, _ bytes: Span<UInt8>, name: ByteRange, tags: ByteRange = .empty, extra: ByteRange = .empty
    ) -> MetricID? {
        let hash = Self.hash(type, bytes, name: name, tags: tags, extra: extra)
        if let row = find(hash, type, bytes, name: name, tags: tags, extra: extra) { return rows[row].metric }
        return internUnseen(hash, type, bytes, name: name, tags: tags, extra: extra)
    }

    @inline(never)
    private mutating func internUnseen(
        _ hash: UInt64, _ type: MetricType, _ bytes: Span<UInt8>, name: ByteRange, tags: ByteRange, extra: ByteRange
    ) -> MetricID? {
        let sorted = Self.canonicalTags(bytes, tags)
        var key: [UInt8] = []
        key.reserveCapacity(name.count + sorted.count + extra.count)
        for index in name.range { key.append(bytes[index]) }
        key.append(contentsOf: sorted)
        for index in extra.range { key.append(bytes[index]) }
        let nameInKey = ByteRange(0..<name.count)
        let tagsInKey = ByteRange(name.count..<name.count + sorted.count)
        let extraInKey = ByteRange(name.count + sorted.count..<key.count)
        let keySpan = key.span
        let canonicalHash = Self.hash(type, keySpan, name: nameInKey, tags: tagsInKey, extra: extraInKey)

        let metric: MetricID
        if let row = find(canonicalHash, type, keySpan, name: nameInKey, tags: tagsInKey, extra: extraInKey) {
            metric = rows[row].metric
        } else {
            guard canonical.count < limit, arena.count + key.count <= byteLimit else { return nil }
            metric = MetricID(UInt32(canonical.count))
            canonical.append(UInt32(rows.count))
            if type.isMetric { metricCount += 1 }
            insert(
                Row(
                    hash: canonicalHash, offset: arena.count, nameCount: UInt32(name.count),
                    tagsCount: UInt32(sorted.count), extraCount: UInt32(extra.count), type: type, metric: metric),
                key: keySpan, ranges: (nameInKey, tagsInKey, extraInKey))
        }
        let isAlias = hash != canonicalHash
        if isAlias, rows.count < 2 * limit, arena.count + name.count + tags.count + extra.count <= byteLimit {
            insert(
                Row(
                    hash: hash, offset: arena.count, nameCount: UInt32(name.count), tagsCount: UInt32(tags.count),
                    extraCount: UInt32(extra.count), type: type, metric: metric),
                key: bytes, ranges: (name, tags, extra))
        }
        return metric
    }

    private mutating func insert(_ row: Row, key: Span<UInt8>, ranges: (ByteRange, ByteRange, ByteRange)) {
        for range in [ranges.0, ranges.1, ranges.2] {
            for index in range.range { arena.append(key[index]) }
        }
        rows.append(row)
        if rows.count * 2 > slots.count { grow() } else { place(UInt32(rows.count), hash: row.hash) }
    }

    private mutating func place(_ number: UInt32, hash: UInt64) {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != 0 { slot = (slot + 1) & mask }
        slots[slot] = number
    }

    private mutating func grow() {
        slots = Array(repeating: 0, count: slots.count * 2)
        for (index, row) in rows.enumerated() { place(UInt32(index + 1), hash: row.hash) }
    }

    private func find(
        _ hash: UInt64, _ type: MetricType, _ bytes: Span<UInt8>, name: ByteRange, tags: ByteRange, extra: ByteRange
    ) -> Int? {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        let arenaBytes = arena.span
        while slots[slot] != 0 {
            let index = Int(slots[slot]) - 1
            let row = rows[index]
            if row.hash == hash, row.type == type, Int(row.nameCount) == name.count,
                Int(row.tagsCount) == tags.count, Int(row.extraCount) == extra.count,
                Self.equal(arenaBytes, row.offset, bytes, name),
                Self.equal(arenaBytes, row.offset + name.count, bytes, tags),
                Self.equal(arenaBytes, row.offset + name.count + tags.count, bytes, extra)
            {
                return index
            }
            slot = (slot + 1) & mask
        }
        return nil
    }

    static func hash(
        _ type: MetricType, _ bytes: Span<UInt8>, name: ByteRange, tags: ByteRange, extra: ByteRange
    ) -> UInt64 {
        var hash = ByteHash.hash(bytes, name.range, state: UInt64(type.rawValue) &+ 1)
        if !tags.isEmpty { hash = ByteHash.hash(bytes, tags.range, state: hash &+ 1) }
        if !extra.isEmpty { hash = ByteHash.hash(bytes, extra.range, state: hash &+ 2) }
        return hash
    }

    private static func equal(_ a: Span<UInt8>, _ offset: Int, _ b: Span<UInt8>, _ range: ByteRange) -> Bool {
        let count = range.count
        let start = Int(range.lower)
        precondition(offset >= 0 && offset + count <= a.count && start + count <= b.count, "key outside its bytes")
        let left = unsafe a.bytes
        let right = unsafe b.bytes
        var index = 0
        while count &- index >= 8 {
            // In bounds: index + 8 <= count, and both buffers hold `count` bytes from their starts.
            let x = unsafe left.unsafeLoadUnaligned(fromUncheckedByteOffset: offset &+ index, as: UInt64.self)
            let y = unsafe right.unsafeLoadUnaligned(fromUncheckedByteOffset: start &+ index, as: UInt64.self)
            if x != y { return false }
            index &+= 8
        }
        while index < count {
            if a[offset &+ index] != b[start &+ index] { return false }
            index &+= 1
        }
        return true
    }

    /// The tags sorted by their bytes, each once, joined by commas; empty ones left out.
    static func canonicalTags(_ bytes: Span<UInt8>, _ tags: ByteRange) -> [UInt8] {
        var list: [[UInt8]] = []
        var current: [UInt8] = []
        for index in tags.range {
            let byte = bytes[index]
            if byte == UInt8(ascii: ",") {
                if !current.isEmpty { list.append(current) }
                current = []
            } else {
                current.append(byte)
            }
        }
        if !current.isEmpty { list.append(current) }
        list.sort { $0.lexicographicallyPrecedes($1) }
        var joined: [UInt8] = []
        for (index, tag) in list.enumerated() where index == 0 || tag != list[index - 1] {
            if !joined.isEmpty { joined.append(UInt8(ascii: ",")) }
            joined.append(contentsOf: tag)
        }
        return joined
    }
}
