/// Every metric seen, each once: (type, name, set of tags, extra fields) to a number, and back.
///
/// Tags are a *set*: `#a,b` and `#b,a,a` are one metric; of extra fields the last of a kind counts, in whatever order. The way
/// in which a sender writes them is remembered as an alias when it comes for the second time, so that the common case is one
/// hash and one comparison of bytes, and a metric that comes once costs no alias.
/// Names are bytes: nothing here asks whether they are UTF-8. Bounded in metrics and in bytes; what no longer fits is refused,
/// never merged.
///
/// Layout: an arena of key bytes (name, tags joined by commas, extra fields joined by bars), a row of 24 bytes for each
/// metric, one of 20 for each alias, and an open-addressing table of 8 bytes a place, at most half full. Its hash is keyed
/// (``TableHash``); no answer depends on the key.
public struct MetricCatalog: Sendable {
    struct Row: Sendable {
        /// What equals in every catalog: ``keyHash(of:)``.
        var digest: UInt64
        var offset: UInt32
        var nameCount: UInt32
        var tagsCount: UInt32
        /// The type in the highest four bits, then whether another way to write it is remembered.
        var extraCount: UInt32

        static let aliasFlag: UInt32 = 1 << 27

        var type: MetricType { MetricType(rawValue: UInt8(extraCount >> 28)) ?? .counter }
        var key: KeyPlace { KeyPlace(offset, nameCount, tagsCount, extraCount & (Row.aliasFlag - 1)) }
    }

    struct Alias: Sendable {
        var metric: MetricID
        var offset: UInt32
        var nameCount: UInt32
        var tagsCount: UInt32
        var extraCount: UInt32

        var key: KeyPlace { KeyPlace(offset, nameCount, tagsCount, extraCount) }
    }

    /// Where a key's bytes stand in the arena.
    struct KeyPlace {
        let offset, name, tags, extra: Int

        init(_ offset: UInt32, _ name: UInt32, _ tags: UInt32, _ extra: UInt32) {
            (self.offset, self.name, self.tags, self.extra) = (Int(offset), Int(name), Int(tags), Int(extra))
        }
    }

    /// How many metrics there may be; as many aliases again may stand beside them.
    public let limit: Int
    public let byteLimit: Int
    private let hash: TableHash
    var arena: [UInt8] = []
    /// By the metric's number.
    var rows: [Row] = []
    private var aliases: [Alias] = []
    /// 32 bits of hash above, below them 0 where free, the metric's number + 1, or ``aliasMark`` and the alias's number. Its
    /// count is a power of two.
    private var slots: [UInt64]

    private static let aliasMark: UInt32 = 1 << 31

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
    public var count: Int { rows.count }

    /// Distinct metrics without events and service checks.
    public private(set) var metricCount = 0

    /// Rows of metrics and aliases: what grows when a metric, or a known one's tags in another order, is first seen.
    public var rowCount: Int { rows.count + aliases.count }

    /// Whether another way to write this metric is remembered. O(1).
    package func hasAlias(_ metric: MetricID) -> Bool { rows[metric.index].extraCount & Row.aliasFlag != 0 }

    /// Bytes that it holds, what its arrays keep in reserve included.
    package var byteCount: Int { arena.capacity + rows.capacity * 24 + aliases.capacity * 20 + slots.capacity * 8 }

    /// The number of this metric where exactly these bytes were seen before; nil elsewhere. O(length of the key).
    public func knownAsWritten(
        _ type: MetricType, _ bytes: Span<UInt8>, name: ByteRange, tags: ByteRange = .empty, extra: ByteRange = .empty
    ) -> MetricID? {
        find(place(type, bytes, name, tags, extra), type, bytes, name, tags, extra)
    }

    /// The number of this metric where it is known, in whatever order its tags stand; nil elsewhere. Adds nothing.
    /// O(length of the key); allocates.
    public func known(
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
        let place = place(type, bytes, name, tags, extra)
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
        let byteCount = name.count + tags.count + extra.count
        if isAlias, known != nil, aliases.count < limit, arena.count + byteCount <= byteLimit {
            aliases.append(
                Alias(
                    metric: metric, offset: UInt32(arena.count), nameCount: UInt32(name.count), tagsCount: UInt32(tags.count),
                    extraCount: UInt32(extra.count)))
            rows[metric.index].extraCount |= Row.aliasFlag
            enter(place, Self.aliasMark | UInt32(aliases.count - 1), bytes, name, tags, extra)
        }
        return metric
    }

    private mutating func insert(
        _ place: UInt32, _ type: MetricType, _ bytes: Span<UInt8>, _ name: ByteRange, _ tags: ByteRange, _ extra: ByteRange
    ) -> MetricID? {
        let byteCount = name.count + tags.count + extra.count
        guard rows.count < limit, arena.count + byteCount <= byteLimit, extra.count < Row.aliasFlag else { return nil }
        let metric = MetricID(UInt32(rows.count))
        rows.append(
            Row(
                digest: Self.hash(type, bytes, name: name, tags: tags, extra: extra), offset: UInt32(arena.count),
                nameCount: UInt32(name.count), tagsCount: UInt32(tags.count),
                extraCount: UInt32(extra.count) | UInt32(type.rawValue) << 28))
        if type.isMetric { metricCount += 1 }
        enter(place, UInt32(rows.count), bytes, name, tags, extra)
        return metric
    }

    /// Keeps a key's bytes and its place in the table.
    private mutating func enter(
        _ place: UInt32, _ reference: UInt32, _ bytes: Span<UInt8>, _ name: ByteRange, _ tags: ByteRange, _ extra: ByteRange
    ) {
        for index in name.range { arena.append(bytes[index]) }
        for index in tags.range { arena.append(bytes[index]) }
        for index in extra.range { arena.append(bytes[index]) }
        let entry = UInt64(place) << 32 | UInt64(reference)
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
    private func place(
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
        let mask = slots.count - 1
        var slot = Int(place) & mask
        while true {
            let entry = slots[slot]
            if entry == 0 { return nil }
            if UInt32(entry >> 32) == place {
                let reference = UInt32(truncatingIfNeeded: entry)
                if reference & Self.aliasMark == 0 {
                    let row = rows[Int(reference) - 1]
                    if row.type == type, isKey(row.key, bytes, name, tags, extra) { return MetricID(reference - 1) }
                } else {
                    let alias = aliases[Int(reference & ~Self.aliasMark)]
                    if rows[alias.metric.index].type == type, isKey(alias.key, bytes, name, tags, extra) { return alias.metric }
                }
            }
            slot = (slot + 1) & mask
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
