/// Every metric seen, each once: (type, name, set of tags, extra fields) to a number, and back.
///
/// Tags are a *set*: `#a,b` and `#b,a,a` are one metric; of extra fields the last of a kind counts, in whatever order. The way
/// in which a sender writes them is remembered as an alias when it comes for the second time, so that the common case is one
/// hash and one comparison of bytes, and a metric that comes once costs no alias.
/// Names are bytes: nothing here asks whether they are UTF-8. Bounded in metrics and in bytes; what no longer fits is refused,
/// never merged.
///
/// Layout: an arena of records (``Record``), each a header of 20 bytes and behind it the key's bytes; four bytes a metric that say
/// where its record begins; and an open-addressing table of 8 bytes a place, at most half full, that holds 32 bits of hash
/// beside the record's place. A look-up reads one line of the table and then the record, whose header and key lie side by
/// side; where several keys are looked up together, ``prefetch(_:count:)`` lets the memory fetch them at the same time. The hash is keyed (``TableHash``); no answer depends on the key.
public struct MetricCatalog: Sendable {
    /// How many metrics there may be; as many aliases again may stand beside them.
    public let limit: Int
    public let byteLimit: Int
    private let hash: TableHash
    /// Records of metrics and aliases, in the order in which they came.
    var arena: [UInt8] = []
    /// Where the record of each metric begins, by its number.
    var offsets: [UInt32] = []
    private var aliasCount = 0
    /// Bytes of names, tags and extra fields in the arena, those of aliases included.
    package private(set) var keyByteCount = 0
    /// 32 bits of hash above, below them where the record begins, plus 1; 0 where free. Its count is a power of two.
    private var slots: [UInt64]

    /// - Parameters:
    ///   - limit: distinct metrics at most
    ///   - byteLimit: bytes of names, tags and aliases at most; below 2^32
    public init(limit: Int = 1 << 20, byteLimit: Int = 1 << 28) {
        self.init(limit: limit, byteLimit: byteLimit, hash: .process)
    }

    /// - Parameters:
    ///   - hash: where keys stand in the table; nothing else depends on it
    package init(limit: Int = 1 << 20, byteLimit: Int = 1 << 28, hash: TableHash) {
        precondition(limit > 0 && limit < 1 << 30, "a catalog holds at least one metric")
        precondition(byteLimit >= 0 && byteLimit < 1 << 32, "a catalog holds less than 4 GiB of keys")
        self.limit = limit
        self.byteLimit = byteLimit
        self.hash = hash
        slots = Array(repeating: 0, count: 1024)
    }

    /// How many distinct metrics there are.
    public var count: Int { offsets.count }

    /// Distinct metrics without events and service checks.
    public private(set) var metricCount = 0

    /// Rows of metrics and aliases: what grows when a metric, or a known one's tags in another order, is first seen.
    public var rowCount: Int { offsets.count + aliasCount }

    /// Whether another way to write this metric is remembered. O(1).
    package func hasAlias(_ metric: MetricID) -> Bool { record(of: metric).hasAlias }

    /// Bytes that it holds, what its arrays keep in reserve included.
    package var byteCount: Int { arena.capacity + offsets.capacity * 4 + slots.capacity * 8 }

    /// The number of this metric where exactly these bytes were seen before; nil elsewhere. O(length of the key).
    package func knownAsWritten(
        _ type: MetricType, _ bytes: Span<UInt8>, name: ByteRange, tags: ByteRange = .empty, extra: ByteRange = .empty
    ) -> MetricID? {
        find(place(type, bytes, name, tags, extra), type, bytes, name, tags, extra)
    }

    /// The number of this metric where it is known, in whatever order its tags stand; nil elsewhere. Adds nothing.
    /// O(length of the key); allocates.
    package func known(
        _ type: MetricType, _ bytes: Span<UInt8>, name: ByteRange, tags: ByteRange = .empty, extra: ByteRange = .empty
    ) -> MetricID? {
        let key = CanonicalKey(bytes, name: name, tags: tags, extra: extra)
        return knownAsWritten(type, key.bytes.span, name: key.name, tags: key.tags, extra: key.extra)
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
        intern(at: place(type, bytes, name, tags, extra), type, bytes, name, tags, extra)
    }

    /// The same for who has asked where the search begins (``place(_:_:_:_:_:)``).
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

    /// Whether a key of that length still fits.
    private func hasRoom(_ name: ByteRange, _ tags: ByteRange, _ extra: ByteRange) -> Bool {
        let byteCount = name.count + tags.count + extra.count
        return keyByteCount + byteCount <= byteLimit && arena.count + byteCount + Record.largestHeader < 1 << 32
    }

    /// Keeps a key's record and its place in the table.
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

    /// Where the search for a key begins.
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

    /// Whether so many metrics are known that a look-up usually waits for memory, so that fetching beforehand pays.
    package var isLarge: Bool { offsets.count >= 2048 }

    /// Where the searches for up to 16 keys begin.
    package typealias Places = InlineArray<16, UInt32>

    /// Lets memory fetch what the first `count` searches will read, for all at the same time. Changes nothing.
    package func prefetch(_ places: Places, count: Int) {
        let table = slots.span
        let mask = table.count - 1
        for index in 0..<count { unsafe Prefetch.line(of: table.bytes, at: (Int(places[index]) & mask) &* 8) }
        // By now the table's lines are on their way; each says where the record begins that its search finds first.
        let bytes = unsafe arena.span.bytes
        for index in 0..<count {
            let reference = UInt32(truncatingIfNeeded: table[Int(places[index]) & mask])
            if reference == 0 { continue }
            Prefetch.line(of: bytes, at: Int(reference) &- 1)
            Prefetch.line(of: bytes, at: Int(reference) &+ 62)
        }
    }

    /// The longest search that any key there is takes, in places of the table. O(keys).
    package var longestSearch: Int {
        var longest = 0
        for (slot, entry) in slots.enumerated() where entry != 0 {
            longest = max(longest, (slot - Int(entry >> 32)) & (slots.count - 1) + 1)
        }
        return longest
    }
}
