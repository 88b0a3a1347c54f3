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
/// bytes) and then the bytes of the key; four bytes for each metric, the address of its record in the arena; and an
/// open-addressing table with slots of 8 bytes, at most half full. A slot holds 32 bits of the hash, and the record's address. A
/// look-up reads one cache line of the table, and then the record, in which header and key are adjacent. For several look-ups,
/// ``prefetch(_:count:)`` fetches their cache lines at the same time. The hash is keyed (``TableHash``), and no result depends
/// on its key.
public struct MetricCatalog: Sendable {
    /// The largest number of metrics. The number of aliases has the same limit.
    public let limit: Int
    /// The largest number of bytes of names, tags and extra fields, including those of aliases.
    public let byteLimit: Int
    private let hash: TableHash
    /// Records of metrics and aliases, in the order of their appearance.
    @usableFromInline private(set) var arena = KeyArena()
    /// The address of each metric's record in the arena, by the metric's number.
    @usableFromInline private(set) var addresses: [UInt32] = []
    private var aliasCount = 0
    /// Bytes of names, tags and extra fields in the arena, including those of aliases.
    package private(set) var keyByteCount = 0
    /// The table. The upper 32 bits of a slot are the hash, and the lower 32 bits the record's address + 1. A free slot is 0.
    /// The number of slots is a power of two.
    private var slots: [UInt64]

    /// - Parameters:
    ///   - limit: the largest number of distinct metrics
    ///   - byteLimit: the largest number of bytes of names, tags and extra fields, including those of aliases; below 2^32
    public init(limit: Int = 1 << 20, byteLimit: Int = 1 << 28) {
        self.init(limit: limit, byteLimit: byteLimit, hash: .process)
    }

    /// - Parameters:
    ///   - hash: the hash of the table; nothing else depends on it
    package init(limit: Int = 1 << 20, byteLimit: Int = 1 << 28, hash: TableHash) {
        precondition(limit > 0 && limit < 1 << 30, "a catalog holds at least one metric")
        precondition(byteLimit >= 0 && byteLimit < 1 << 32, "a catalog holds less than 4 GiB of keys")
        self.limit = limit
        self.byteLimit = byteLimit
        self.hash = hash
        slots = Array(repeating: 0, count: 1024)
    }

    /// The number of distinct metrics.
    public var count: Int { addresses.count }

    /// The number of distinct metrics without those for events and service checks.
    public private(set) var metricCount = 0

    /// The number of metrics and aliases together. It grows when a metric, or another form of a known metric, first appears.
    public var rowCount: Int { addresses.count + aliasCount }

    /// Whether an alias of this metric is remembered. O(1).
    package func hasAlias(_ metric: MetricID) -> Bool { record(of: metric).hasAlias }

    /// Allocated bytes, unused capacity included.
    package var byteCount: Int { arena.byteCount + addresses.capacity * 4 + slots.capacity * 8 }

    /// The number of the metric if it is remembered in exactly this form, otherwise nil. O(length of the key).
    package func knownAsWritten(
        _ type: MetricType, _ bytes: Span<UInt8>, name: ByteRange, tags: ByteRange = .empty, extra: ByteRange = .empty
    ) -> MetricID? {
        find(place(type, bytes, name, tags, extra), type, bytes, name, tags, extra)?.metric
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
    ///   - bytes: the bytes to which the ranges refer
    ///   - name: the metric's name, not empty
    ///   - tags: tags joined by commas, in any order
    ///   - extra: further fields joined by `|` (`c:`, `e:`, `card:`), part of the identity
    ///
    /// O(length of the key). Allocates only for a form that is not remembered yet.
    public mutating func intern(
        _ type: MetricType, _ bytes: Span<UInt8>, name: ByteRange, tags: ByteRange = .empty, extra: ByteRange = .empty
    ) -> MetricID? {
        intern(at: place(type, bytes, name, tags, extra), type, bytes, name, tags, extra)?.metric
    }

    /// A metric of the catalog, as a look-up finds it.
    package struct Known {
        package let metric: MetricID
        /// The metric's ``keyHash(of:)``.
        package let keyHash: UInt64
    }

    /// The same for a caller that already knows the place where the search begins (``place(_:_:_:_:_:)``).
    package mutating func intern(
        at place: UInt32, _ type: MetricType, _ bytes: Span<UInt8>, _ name: ByteRange, _ tags: ByteRange, _ extra: ByteRange
    ) -> Known? {
        if let known = find(place, type, bytes, name, tags, extra) { return known }
        if tags.isEmpty, extra.isEmpty { return insert(place, type, bytes, name, tags, extra) }
        return internUnseen(place, type, bytes, name, tags, extra)
    }

    @inline(never)
    private mutating func internUnseen(
        _ place: UInt32, _ type: MetricType, _ bytes: Span<UInt8>, _ name: ByteRange, _ tags: ByteRange, _ extra: ByteRange
    ) -> Known? {
        let key = CanonicalKey(bytes, name: name, tags: tags, extra: extra)
        let span = key.bytes.span
        let canonical = self.place(type, span, key.name, key.tags, key.extra)
        let before = find(canonical, type, span, key.name, key.tags, key.extra)
        guard let known = before ?? insert(canonical, type, span, key.name, key.tags, key.extra) else { return nil }
        let isAlias = !key.isWritten(bytes, name: name, tags: tags, extra: extra)
        if isAlias, before != nil, aliasCount < limit, hasRoom(name, tags, extra) {
            arena.update(at: addresses[known.metric.index]) { Record.markAlias(at: $0, in: &$1) }
            enter(place, known, type, bytes, name, tags, extra)
            aliasCount += 1
        }
        return known
    }

    private mutating func insert(
        _ place: UInt32, _ type: MetricType, _ bytes: Span<UInt8>, _ name: ByteRange, _ tags: ByteRange, _ extra: ByteRange
    ) -> Known? {
        guard addresses.count < limit, hasRoom(name, tags, extra) else { return nil }
        if type.isMetric { metricCount += 1 }
        let known = Known(
            metric: MetricID(UInt32(addresses.count)), keyHash: Self.hash(type, bytes, name: name, tags: tags, extra: extra))
        addresses.append(enter(place, known, type, bytes, name, tags, extra))
        return known
    }

    /// Whether there is room for a key of this length.
    private func hasRoom(_ name: ByteRange, _ tags: ByteRange, _ extra: ByteRange) -> Bool {
        let byteCount = name.count + tags.count + extra.count
        return keyByteCount + byteCount <= byteLimit && arena.hasRoom(for: byteCount + Record.largestHeader)
    }

    /// Adds a key's record to the arena, and its slot to the table. Returns the record's address.
    @discardableResult
    private mutating func enter(
        _ place: UInt32, _ known: Known, _ type: MetricType, _ bytes: Span<UInt8>, _ name: ByteRange, _ tags: ByteRange,
        _ extra: ByteRange
    ) -> UInt32 {
        let byteCount = name.count + tags.count + extra.count
        let record = arena.append(byteCount + Record.largestHeader) { chunk in
            Record.append(known.keyHash, known.metric, type, name.count, tags.count, extra.count, to: &chunk)
            for index in name.range { chunk.append(bytes[index]) }
            for index in tags.range { chunk.append(bytes[index]) }
            for index in extra.range { chunk.append(bytes[index]) }
        }
        keyByteCount += byteCount
        // The row is counted once this returns.
        if (rowCount + 1) * 2 > slots.count { grow() }
        Self.put(UInt64(place) << 32 | UInt64(record + 1), in: &slots)
        return record
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
        var state = hash.inlinedHash(bytes, name.range, state: UInt64(type.rawValue))
        if !tags.isEmpty { state = hash.inlinedHash(bytes, tags.range, state: state) }
        if !extra.isEmpty { state = hash.hash(bytes, extra.range, state: state &+ 1) }
        let place = UInt32(truncatingIfNeeded: state ^ state >> 32)
        unsafe Prefetch.line(of: slots.span.bytes, at: (Int(place) & (slots.count - 1)) &* 8)
        return place
    }

    private func find(
        _ place: UInt32, _ type: MetricType, _ bytes: Span<UInt8>, _ name: ByteRange, _ tags: ByteRange, _ extra: ByteRange
    ) -> Known? {
        let table = slots.span
        let chunks = arena.chunks.span
        let shape = Record.shape(type, name.count, tags.count, extra.count)
        let mask = table.count - 1
        var slot = Int(place) & mask
        while true {
            let entry = table[slot]
            if entry == 0 { return nil }
            if UInt32(entry >> 32) == place {
                let found = UInt32(truncatingIfNeeded: entry) &- 1
                let chunk = KeyArena.chunk(of: found)
                let record = Record(at: KeyArena.offset(of: found), in: chunks[chunk])
                if record.shape == shape, Self.isKey(record.key, in: chunks[chunk], bytes, name, tags, extra) {
                    return Known(metric: record.metric, keyHash: record.digest)
                }
            }
            slot = (slot + 1) & mask
        }
    }

    /// Whether the catalog is so large that look-ups usually wait for memory, so that prefetching pays.
    package var isLarge: Bool { addresses.count >= 2048 }

    /// The places where the searches for up to 16 keys begin.
    package typealias Places = InlineArray<16, UInt32>

    /// Prefetches the cache lines that the first `count` searches read, all at the same time. Changes nothing.
    package func prefetch(_ places: Places, count: Int) {
        let table = slots.span
        let mask = table.count - 1
        // Reading an element of the inline array itself would copy the whole array.
        let places = places.span
        for index in 0..<count { unsafe Prefetch.line(of: table.bytes, at: (Int(places[index]) & mask) &* 8) }
        // The table's lines are on their way by now. Each gives the address of the record that its search finds.
        let chunks = arena.chunks.span
        for index in 0..<count {
            let record = record(from: places[index], in: table)
            if record == 0 { continue }
            let start = KeyArena.memoryAddress(of: chunks[KeyArena.chunk(of: record &- 1)]) &+ KeyArena.offset(of: record &- 1)
            Prefetch.line(at: start)
            Prefetch.line(at: start &+ 63)
        }
    }

    /// Prefetches the canonical key of a metric. A look-up that found an alias has not read it.
    package func prefetchKey(of metric: MetricID) {
        let address = addresses[metric.index]
        let start = KeyArena.memoryAddress(of: arena.chunks.span[KeyArena.chunk(of: address)]) &+ KeyArena.offset(of: address)
        Prefetch.line(at: start)
        Prefetch.line(at: start &+ 63)
    }

    /// The address + 1 of the first record that the search finds. 0 if it finds none.
    @inline(__always)
    private func record(from place: UInt32, in table: Span<UInt64>) -> UInt32 {
        let mask = table.count - 1
        var slot = Int(place) & mask
        while table[slot] != 0 {
            if UInt32(table[slot] >> 32) == place { return UInt32(truncatingIfNeeded: table[slot]) }
            slot = (slot + 1) & mask
        }
        return 0
    }

    /// The longest search for any key in the catalog, in slots of the table. O(slots).
    package var longestSearch: Int {
        var longest = 0
        for (slot, entry) in slots.enumerated() where entry != 0 {
            longest = max(longest, (slot - Int(entry >> 32)) & (slots.count - 1) + 1)
        }
        return longest
    }
}
