extension MetricCatalog {
    /// The header of a record, read from the arena. A record holds one form of a metric's key, whose bytes follow the header.
    ///
    /// | offset | bytes | field |
    /// |---|---|---|
    /// | 0 | 8 | digest: the metric's ``keyHash(of:)`` |
    /// | 8 | 4 | the metric's number |
    /// | 12 | 2, 2, 2 | bytes of the name, the tags, the extra fields |
    /// | 18 | 1 | type |
    /// | 19 | 1 | flags: lengths beyond 16 bits, an alias is remembered |
    /// | 20 | 4, 4, 4 | the three lengths, if one of them exceeds 16 bits |
    struct Record {
        let digest: UInt64
        let metric: MetricID
        /// The lower 16 bits of the three lengths, the type, and whether a length exceeds 16 bits. Equal keys have equal
        /// shapes.
        let shape: UInt64
        let hasAlias: Bool
        let key: KeyPlace

        static let byteCount = 20
        static let largestHeader = 32

        private static let longFlag: UInt64 = 1 << 56
        private static let aliasFlag: UInt64 = 1 << 57

        /// Reads the header at `offset`. Traps if the chunk ends before it.
        @inline(__always)
        init(at offset: Int, in chunk: [UInt8]) {
            precondition(offset >= 0 && offset + Self.byteCount <= chunk.count, "a record outside its chunk")
            let bytes = unsafe chunk.span.bytes
            // In bounds: the header's 20 bytes are, by the precondition.
            digest = unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self)
            metric = MetricID(unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset &+ 8, as: UInt32.self))
            let word = unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset &+ 12, as: UInt64.self)
            shape = word & ~Self.aliasFlag
            hasAlias = word & Self.aliasFlag != 0
            if word & Self.longFlag == 0 {
                key = KeyPlace(
                    offset: offset &+ Self.byteCount, name: Int(word & 0xFFFF), tags: Int(word >> 16 & 0xFFFF),
                    extra: Int(word >> 32 & 0xFFFF))
            } else {
                key = Self.longKey(at: offset &+ Self.byteCount, in: chunk)
            }
        }

        /// The digest alone.
        @inline(__always)
        static func digest(at offset: Int, in chunk: [UInt8]) -> UInt64 {
            precondition(offset >= 0 && offset + byteCount <= chunk.count, "a record outside its chunk")
            let bytes = unsafe chunk.span.bytes
            // In bounds: the header's 20 bytes are, by the precondition.
            return unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self)
        }

        var type: MetricType { MetricType(rawValue: UInt8(truncatingIfNeeded: shape >> 48)) ?? .counter }

        @inline(never)
        private static func longKey(at offset: Int, in chunk: [UInt8]) -> KeyPlace {
            func length(_ index: Int) -> Int {
                (0..<4).reduce(0) { $0 | Int(chunk[offset + index * 4 + $1]) << ($1 * 8) }
            }
            return KeyPlace(offset: offset + 12, name: length(0), tags: length(1), extra: length(2))
        }

        /// The ``shape`` of a key with this type and these lengths.
        @inline(__always)
        static func shape(_ type: MetricType, _ name: Int, _ tags: Int, _ extra: Int) -> UInt64 {
            let lengths = UInt64(name & 0xFFFF) | UInt64(tags & 0xFFFF) << 16 | UInt64(extra & 0xFFFF) << 32
            return lengths | UInt64(type.rawValue) << 48 | (name | tags | extra > 0xFFFF ? longFlag : 0)
        }

        /// Appends a header. The key's bytes must follow.
        static func append(
            _ digest: UInt64, _ metric: MetricID, _ type: MetricType, _ name: Int, _ tags: Int, _ extra: Int,
            to chunk: inout [UInt8]
        ) {
            let shape = shape(type, name, tags, extra)
            append(digest, 8, to: &chunk)
            append(UInt64(metric.rawValue), 4, to: &chunk)
            append(shape, 8, to: &chunk)
            guard shape & longFlag != 0 else { return }
            for length in [name, tags, extra] { append(UInt64(length), 4, to: &chunk) }
        }

        private static func append(_ word: UInt64, _ byteCount: UInt64, to chunk: inout [UInt8]) {
            for index in 0..<byteCount { chunk.append(UInt8(truncatingIfNeeded: word >> (8 * index))) }
        }

        /// Notes that an alias of the metric is remembered.
        static func markAlias(at offset: Int, in chunk: inout [UInt8]) {
            chunk[offset + 19] |= UInt8(truncatingIfNeeded: aliasFlag >> 56)
        }
    }

    /// The position of a key's bytes in their chunk, and the lengths of its parts.
    struct KeyPlace {
        let offset, name, tags, extra: Int
    }

    /// The record of a metric. Traps for a number that the catalog did not give out.
    @inline(__always)
    func record(of metric: MetricID) -> Record {
        let address = addresses[metric.index]
        return Record(at: KeyArena.offset(of: address), in: arena.chunks.span[KeyArena.chunk(of: address)])
    }
}
