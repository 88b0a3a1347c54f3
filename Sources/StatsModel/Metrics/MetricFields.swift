/// The canonical form of a metric's tags and extra fields: tags as a set, and extra fields one of each kind.
package enum MetricFields {
    /// The known kinds of extra fields in canonical order. Other kinds follow in the order of their bytes.
    private static let kinds: [StaticString] = ["h", "k", "p", "s", "t", "c", "e", "card"]

    /// The tags sorted by their bytes, without repetitions and empty tags, joined by commas.
    static func canonicalTags(_ bytes: Span<UInt8>, _ tags: ByteRange) -> [UInt8] {
        joined(pieces(bytes, tags, separator: UInt8(ascii: ",")), by: UInt8(ascii: ","))
    }

    /// The extra fields in canonical order, one of each kind, joined by bars. The kind is the part before the colon, and the last
    /// field of a kind counts. O(n + fields squared), allocates.
    package static func canonicalExtra(_ bytes: Span<UInt8>, _ extra: Range<Int>) -> [UInt8] {
        var kept: [[UInt8]] = []
        for piece in pieces(bytes, ByteRange(extra), separator: UInt8(ascii: "|")) {
            let kind = piece[..<kindEnd(piece.span, 0..<piece.count)]
            kept.removeAll { $0[..<kindEnd($0.span, 0..<$0.count)] == kind }
            kept.append(piece)
        }
        kept.sort { a, b in
            let (x, y) = (rank(a.span, 0..<a.count), rank(b.span, 0..<b.count))
            return x == y ? a.lexicographicallyPrecedes(b) : x < y
        }
        return Array(kept.joined(separator: CollectionOfOne(UInt8(ascii: "|"))))
    }

    /// Whether the fields are known to be in canonical form: a single field, or known kinds in ascending order without
    /// repetitions, which is the usual case. False for several fields with an unknown kind. O(n).
    package static func isCanonicalExtra(_ bytes: Span<UInt8>, _ extra: Range<Int>) -> Bool {
        var last = -1
        var start = extra.lowerBound
        while start < extra.upperBound {
            var stop = start
            while stop < extra.upperBound, bytes[stop] != UInt8(ascii: "|") { stop += 1 }
            let rank = rank(bytes, start..<stop)
            // A single field of any kind is canonical. For several fields with an unknown kind the other function decides.
            if stop == start || stop + 1 == extra.upperBound { return false }
            if rank <= last || (rank == kinds.count && start > extra.lowerBound) { return false }
            last = rank == kinds.count ? .max : rank
            start = stop + 1
        }
        return true
    }

    private static func kindEnd(_ bytes: Span<UInt8>, _ field: Range<Int>) -> Int {
        var end = field.lowerBound
        while end < field.upperBound, bytes[end] != UInt8(ascii: ":") { end += 1 }
        return end
    }

    private static func rank(_ bytes: Span<UInt8>, _ field: Range<Int>) -> Int {
        let count = kindEnd(bytes, field) - field.lowerBound
        for (rank, kind) in kinds.enumerated() where kind.utf8CodeUnitCount == count {
            // In bounds: offsets are below the kind's own count.
            let isMeant = (0..<count).allSatisfy { unsafe kind.utf8Start[$0] == bytes[field.lowerBound + $0] }
            if isMeant { return rank }
        }
        return kinds.count
    }

    private static func pieces(_ bytes: Span<UInt8>, _ range: ByteRange, separator: UInt8) -> [[UInt8]] {
        var list: [[UInt8]] = []
        var current: [UInt8] = []
        for index in range.range {
            let byte = bytes[index]
            if byte == separator {
                if !current.isEmpty { list.append(current) }
                current = []
            } else {
                current.append(byte)
            }
        }
        if !current.isEmpty { list.append(current) }
        return list
    }

    /// Sorted, without repetitions.
    private static func joined(_ list: [[UInt8]], by separator: UInt8) -> [UInt8] {
        let list = list.sorted { $0.lexicographicallyPrecedes($1) }
        var joined: [UInt8] = []
        for (index, piece) in list.enumerated() where index == 0 || piece != list[index - 1] {
            if !joined.isEmpty { joined.append(separator) }
            joined.append(contentsOf: piece)
        }
        return joined
    }
}
