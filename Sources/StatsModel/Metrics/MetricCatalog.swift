/// All metrics that were seen, each once. It gives each metric (type, name, set of tags, extra fields) a number, and finds the
/// metric of a number.
///
/// Tags are a *set*: `#a,b` and `#b,a,a` are the same metric. Extra fields may be in any order, and the last one of a kind
/// counts. If a sender writes a known metric in another form, the catalog remembers this form as an alias. The common look-up
/// is therefore one hash and one comparison of bytes, and a metric that occurs only once costs no alias.
/// Names are bytes, which need not be UTF-8. The catalog is bounded in metrics and in bytes. A metric that does not fit is
/// refused, and never merged with another.
///
/// Layout: an arena of records (``Record``), each with a header of 20 bytes (32 if a part of the key is longer than 65 535
/// bytes) and then the bytes of the key; four bytes for each metric, the offset of its record; and an open-addressing table
/// with places of 8 bytes, at most half full. A place holds 32 bits of the hash, and the record's offset. A look-up reads one
/// cache line of the table, and then the record, in which header and key are adjacent. For several look-ups,
/// ``prefetch(_:count:)`` fetches their cache lines at the same time. The hash is keyed (``TableHash``), and no result depends
/// on its key.
public struct MetricCatalog: Sendable {
    /// The largest number of metrics. The number of aliases has the same limit.
    public let limit: Int
    /// The largest number of bytes of names, tags and extra fields, including those of aliases.
    public let byteLimit: Int
    private let hash: TableHash
    /// The records of metrics and aliases, in the order of their first occurrence.
    var arena: [UInt8] = []
    /// The offset of each metric's record in the arena, by the metric's number.
    var offsets: [UInt32] = []
    private var aliasCount = 0
    /// Bytes of names, tags and extra fields in the arena, including those of aliases.
    package private(set) var keyByteCount = 0
    /// The table. The upper 32 bits of a place are the hash, and the lower 32 bits the record's offset + 1. A free place is 0.
    /// The number of places is a power of two.
    private var slots: [UInt64]

    /// - Parameters:
    /// - limit: the largest number of distinct metrics
    /// - byteLimit: the largest number of bytes of names, tags and extra fields, including those of aliases; below 2^32
    public init(limit: Int = 1 << 20, byteLimit: Int = 1 << 28) {
        self.init(limit: limit, byteLimit: byteLimit, hash: .process)
    }

    /// - Parameters:
    /// - hash: the hash of the table; nothing else depends on it
    package init(limit: Int = 1 << 20, byteLimit: Int = 1 << 28, hash: TableHash) {
        precondition(limit > 0 && limit < 1 << 30, "a catalog holds at least one metric")
        precondition(byteLimit >= 0 && byteLimit < 1 << 32, "a catalog holds less than 4 GiB of keys")
        self.limit = limit
        self.byteLimit = byteLimit
        self.hash = hash
        slots = Array(repeating: 0, count: 1024)
    }

    /// The number of distinct metrics.
    public var count: Int { offsets.count }

    /// The number of distinct metrics without those for events and service checks.
    public private(set) var metricCount = 0

    /// The number of records. It grows with each new metric, and with each form of a known metric that is remembered as an
    /// alias.
    public var rowCount: Int { offsets.count + aliasCount }

    /// Whether an alias of this metric is remembered. O(1).
    package func hasAlias(_ metric: MetricID) -> Bool { record(of: metric).hasAlias }

    /// Bytes that the catalog takes, including the spare capacity of its arrays.
    package var byteCount: Int { arena.capacity + offsets.capacity * 4 + slots.capacity * 8 }

    /// The number of the metric if it is remembered in exactly this form, otherwise nil. O(length of the key).
    package func knownAsWritten(
        _ type: MetricType, _ bytes: Span<UInt8>, name: ByteRange, tags: ByteRange = .empty, extra: ByteRange = .empty
    ) -> MetricID? {
        find(place(type, bytes, name, tags, extra), type, bytes, name, tags, extra)
    }

    /// The number of the metric if it is known, in any form, otherwise nil. Adds nothing. O(length of the key), and sorts the
    /// tags; allocates.
    package func known(
        _ type: MetricType, _ bytes: Span<UInt8>, name: ByteRange, tags: ByteRange = .empty, extra: ByteRange = .empty
    ) -> MetricID? {
        let key = CanonicalKey(bytes, name: name, tags: tags, extra: extra)
        return knownAsWritten(type, key.bytes.span, name: key.name, tags: key.tags, extra: key.extra)
    }

    /// The number of the metric, which is added if it is new. nil if the catalog is full.
    ///
    /// - Parameters:
    /// - bytes: the bytes to which the ranges refer
    ///   - name: the metric's name, not empty
    ///   - tags: tags joined by commas, in any order
    ///   - extra: further fields joined by `|` (`c:`, `e:`, `card:`), part of the identity
    ///
    /// O(length of the key). Allocates only for a form that is not remembered yet.
    public mutating func intern(
        _ type: MetricType, _ bytes: Span<UInt8>, name: ByteRange, tags: ByteRange = .empty, extra: ByteRange = .empty
    ) -> MetricID? {
        intern(at: place(type, bytes, name, tags, extra), type, bytes, name, tags, extra)
    }

    /// The same for a caller that already knows the place where the search begins (``place(_:_:_:_:_:)``).
    package mutating func intern(
        at place: UInt32, _ type: MetricType, _ bytes: Span<UInt8>, _ name: ByteRange, _ tags: ByteRange, _ extra: ByteRange
    ) -> MetricID? {
        if let metric = find(place, type, bytes, name, tags, extra) { return metric }
        if tags.isEmpty, extra.isEmpty { return insert(place, type, bytes, name, tags, extra) }
        return internUnseen(place, type, bytes, name, tags, extra)
    }

    @inline(never)
    private mutating func internUnseen(
        _ place: UInt32, _ type: MetricType, _ bytes: Span<UInt8>, _ name: ByteRange, _ tags: ByteRange, _ extra: ByteRange
    ) -> MetricID? {
        let key = CanonicalKey(bytes, name: name, tags: tags, extra: extra)
        let span = key.bytes.span
        let canonical = self.place(type, span, key.name, key.tags, key.extra)
        let known = find(canonical, type, span, key.name, key.tags, key.extra)
        guard let metric = known ?? insert(canonical, type, span, key.name, key.tags, key.extra) else { return nil }
        let isAlias = !key.isWritten(bytes, name: name, tags: tags, extra: extra)
        if isAlias, known != nil, aliasCount < limit, hasRoom(name, tags, extra) {
            let offset = offsets[metric.index]
            let digest = record(of: metric).digest
            Record.markAlias(at: Int(offset), in: &arena)
            aliasCount += 1
            enter(place, metric, digest, type, bytes, name, tags, extra)
        }
        return metric
    }

    private mutating func insert(
        _ place: UInt32, _ type: MetricType, _ bytes: Span<UInt8>, _ name: ByteRange, _ tags: ByteRange, _ extra: ByteRange
    ) -> MetricID? {
        guard offsets.count < limit, hasRoom(name, tags, extra) else { return nil }
        let metric = MetricID(UInt32(offsets.count))
        offsets.append(UInt32(arena.count))
        if type.isMetric { metricCount += 1 }
        let digest = Self.hash(type, bytes, name: name, tags: tags, extra: extra)
        enter(place, metric, digest, type, bytes, name, tags, extra)
        return metric
    }

    /// Whether there is room for a key of this length.
    private func hasRoom(_ name: ByteRange, _ tags: ByteRange, _ extra: ByteRange) -> Bool {
        let byteCount = name.count + tags.count + extra.count
        return keyByteCount + byteCount <= byteLimit && arena.count + byteCount + Record.largestHeader < 1 << 32
    }

    /// Adds a key's record to the arena, and the record to the table.
    private mutating func enter(
        _ place: UInt32, _ metric: MetricID, _ digest: UInt64, _ type: MetricType, _ bytes: Span<UInt8>, _ name: ByteRange,
        _ tags: ByteRange, _ extra: ByteRange
    ) {
        let entry = UInt64(place) << 32 | UInt64(arena.count + 1)
        Record.append(digest, metric, type, name.count, tags.count, extra.count, to: &arena)
        for index in name.range { arena.append(bytes[index]) }
        for index in tags.range { arena.append(bytes[index]) }
        for index in extra.range { arena.append(bytes[index]) }
        keyByteCount += name.count + tags.count + extra.count
        if rowCount * 2 > slots.count { grow() }
        Self.put(entry, in: &slots)
    }

    private static func put(_ entry: UInt64, in slots: inout [UInt64]) {
        let mask = slots.count - 1
        var slot = Int(entry >> 32) & mask
        while slots[slot] != 0 { slot = (slot + 1) & mask }
        slots[slot] = entry
    }

    private mutating func grow() {
        var wider = [UInt64](repeating: 0, count: slots.count * 2)
        for entry in slots where entry != 0 { Self.put(entry, in: &wider) }
        slots = wider
    }

    /// The place in the table where the search for a key begins, before the table's size is applied.
    package func place(
        _ type: MetricType, _ bytes: Span<UInt8>, _ name: ByteRange, _ tags: ByteRange, _ extra: ByteRange
    ) -> UInt32 {
        var state = hash.hash(bytes, name.range, state: UInt64(type.rawValue))
        if !tags.isEmpty { state = hash.hash(bytes, tags.range, state: state) }
        if !extra.isEmpty { state = hash.hash(bytes, extra.range, state: state &+ 1) }
        return UInt32(truncatingIfNeeded: state ^ state >> 32)
    }

    private func find(
        _ place: UInt32, _ type: MetricType, _ bytes: Span<UInt8>, _ name: ByteRange, _ tags: ByteRange, _ extra: ByteRange
    ) -> MetricID? {
        let table = slots.span
        let shape = Record.shape(type, name.count, tags.count, extra.count)
        let mask = table.count - 1
        var slot = Int(place) & mask
        while true {
            let entry = table[slot]
            if entry == 0 { return nil }
            if UInt32(entry >> 32) == place {
                let record = Record(at: Int(UInt32(truncatingIfNeeded: entry)) - 1, in: arena.span)
                if record.shape == shape, isKey(record.key, bytes, name, tags, extra) { return record.metric }
            }
            slot = (slot + 1) & mask
        }
    }

    /// Whether the catalog is so large that a look-up usually waits for memory. Prefetching then pays.
    package var isLarge: Bool { offsets.count >= 2048 }

    /// The places where the searches for up to 16 keys begin.
    package typealias Places = InlineArray<16, UInt32>

    /// Prefetches the cache lines that the first `count` searches read, all at the same time. Changes nothing.
    package func prefetch(_ places: Places, count: Int) {
        let table = slots.span
        let mask = table.count - 1
        for index in 0..<count { unsafe Prefetch.line(of: table.bytes, at: (Int(places[index]) & mask) &* 8) }
        // The lines of the table are being fetched by now. Each holds the offset of the record that its search reads first.
        let bytes = unsafe arena.span.bytes
        for index in 0..<count {
            let reference = UInt32(truncatingIfNeeded: table[Int(places[index]) & mask])
            if reference == 0 { continue }
            Prefetch.line(of: bytes, at: Int(reference) &- 1)
            Prefetch.line(of: bytes, at: Int(reference) &+ 62)
        }
    }

    /// The longest search for any key in the catalog, in places of the table. O(places).
    package var longestSearch: Int {
        var longest = 0
        for (slot, entry) in slots.enumerated() where entry != 0 {
            longest = max(longest, (slot - Int(entry >> 32)) & (slots.count - 1) + 1)
        }
        return longest
    }
}
