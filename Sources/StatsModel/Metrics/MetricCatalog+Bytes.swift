/// A key in canonical form, as the catalog keeps it: tags sorted and without repetitions, extra fields in order and one of each
/// kind.
struct CanonicalKey {
    private(set) var bytes: [UInt8] = []
    let name, tags, extra: ByteRange

    /// Brings a key into canonical form. O(n log n), allocates.
    init(_ written: Span<UInt8>, name: ByteRange, tags: ByteRange, extra: ByteRange) {
        let sorted = MetricFields.canonicalTags(written, tags)
        let isOrdered = MetricFields.isCanonicalExtra(written, extra.range)
        let ordered = isOrdered ? [] : MetricFields.canonicalExtra(written, extra.range)
        bytes.reserveCapacity(name.count + sorted.count + extra.count)
        for index in name.range { bytes.append(written[index]) }
        bytes.append(contentsOf: sorted)
        if isOrdered {
            for index in extra.range { bytes.append(written[index]) }
        } else {
            bytes.append(contentsOf: ordered)
        }
        let tagsEnd = name.count + sorted.count
        self.name = ByteRange(0..<name.count)
        self.tags = ByteRange(name.count..<tagsEnd)
        self.extra = ByteRange(tagsEnd..<bytes.count)
    }

    /// Whether the key was written in canonical form.
    func isWritten(_ written: Span<UInt8>, name: ByteRange, tags: ByteRange, extra: ByteRange) -> Bool {
        guard tags.count == self.tags.count, extra.count == self.extra.count else { return false }
        return zip(tags.range, self.tags.range).allSatisfy { written[$0] == bytes[$1] }
            && zip(extra.range, self.extra.range).allSatisfy { written[$0] == bytes[$1] }
    }
}

extension MetricCatalog {
    /// The digest of a key, which is the same in every process. For a metric the key must be canonical. For comparisons, not
    /// for tables.
    static func hash(
        _ type: MetricType, _ bytes: Span<UInt8>, name: ByteRange, tags: ByteRange, extra: ByteRange
    ) -> UInt64 {
        var hash = ByteHash.hash(bytes, name.range, state: UInt64(type.rawValue) &+ 1)
        if !tags.isEmpty { hash = ByteHash.hash(bytes, tags.range, state: hash &+ 1) }
        if !extra.isEmpty { hash = ByteHash.hash(bytes, extra.range, state: hash &+ 2) }
        return hash
    }

    /// Whether the key in the arena equals the key at these ranges.
    @inline(__always)
    static func isKey(
        _ key: KeyPlace, in chunk: [UInt8], _ bytes: Span<UInt8>, _ name: ByteRange, _ tags: ByteRange, _ extra: ByteRange
    ) -> Bool {
        guard key.name == name.count, key.tags == tags.count, key.extra == extra.count else { return false }
        let mine = chunk.span
        return equal(mine, key.offset, bytes, name)
            && (key.tags == 0 || equal(mine, key.offset + key.name, bytes, tags))
            && (key.extra == 0 || equal(mine, key.offset + key.name + key.tags, bytes, extra))
    }

    /// Not inlined, because three copies of it would leave no registers for `find`.
    @inline(never)
    private static func equal(_ a: Span<UInt8>, _ offset: Int, _ b: Span<UInt8>, _ range: ByteRange) -> Bool {
        let count = range.count
        let start = Int(range.lower)
        precondition(offset >= 0 && offset + count <= a.count && start + count <= b.count, "key outside its bytes")
        let left = unsafe a.bytes
        let right = unsafe b.bytes
        var index = 0
        while index &+ 8 <= count {
            // In bounds: index + 8 <= count, and both buffers hold `count` bytes from their starts.
            let x = unsafe left.unsafeLoadUnaligned(fromUncheckedByteOffset: offset &+ index, as: UInt64.self)
            let y = unsafe right.unsafeLoadUnaligned(fromUncheckedByteOffset: start &+ index, as: UInt64.self)
            if x != y { return false }
            index &+= 8
        }
        if index == count { return true }
        guard count >= 8 else {
            while index < count {
                if a[offset &+ index] != b[start &+ index] { return false }
                index &+= 1
            }
            return true
        }
        // In bounds: the last eight of at least eight bytes, some of which were compared before.
        let last = count &- 8
        let x = unsafe left.unsafeLoadUnaligned(fromUncheckedByteOffset: offset &+ last, as: UInt64.self)
        let y = unsafe right.unsafeLoadUnaligned(fromUncheckedByteOffset: start &+ last, as: UInt64.self)
        return x == y
    }
}
