/// Searches bytes eight at a time.
///
/// A word is XORed with the wanted byte in every lane. Then `(x - 0x01…) & ~x & 0x80…` marks the lanes that became zero. The
/// lowest mark is always right, since a borrow can only set wrong marks above a right one. In a little-endian word the first byte
/// is the lowest lane. (Mycroft, 1987.)
extension Span<UInt8> {
    /// The first index of `byte` in `range`, or the range's end if there is none. `byte` must not be 0. Traps if the range is
    /// outside the bytes. O(n).
    @inline(__always)
    func firstIndex(of byte: UInt8, in range: Range<Int>) -> Int {
        let pattern = UInt64(byte) &* Lanes.ones
        return search(range) { Lanes.zeros(in: $0 ^ pattern) }
    }

    /// The first index of either byte in `range`, as above.
    @inline(__always)
    func firstIndex(of byte: UInt8, or other: UInt8, in range: Range<Int>) -> Int {
        let pattern = UInt64(byte) &* Lanes.ones
        let otherPattern = UInt64(other) &* Lanes.ones
        return search(range) { Lanes.zeros(in: $0 ^ pattern) | Lanes.zeros(in: $0 ^ otherPattern) }
    }

    /// The index of the first lane that `marks` marks. `marks` must not mark zero bytes.
    @inline(__always)
    private func search(_ range: Range<Int>, _ marks: (UInt64) -> UInt64) -> Int {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "a search outside the bytes")
        var index = range.lowerBound
        let upper = range.upperBound
        while upper &- index >= 8 {
            let found = marks(word(index))
            if found != 0 { return index &+ found.trailingZeroBitCount / 8 }
            index &+= 8
        }
        let rest = upper &- index
        guard rest > 0 else { return upper }
        var tail: UInt64 = 0
        if upper >= 8 {
            // Loads the eight bytes that end with the range, and shifts out those before `index`. Zeros come in above.
            tail = word(upper &- 8) &>> UInt64(64 &- 8 &* rest)
        } else {
            for offset in 0..<rest { tail |= UInt64(self[index &+ offset]) &<< UInt64(8 &* offset) }
        }
        let found = marks(tail)
        return found == 0 ? upper : index &+ found.trailingZeroBitCount / 8
    }

    /// Whether `marks` marks any byte of the range. Words may overlap, and short ranges are padded with letters.
    @inline(__always)
    func holds(in range: Range<Int>, _ marks: (UInt64) -> UInt64) -> Bool {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "a search outside the bytes")
        var index = range.lowerBound
        let upper = range.upperBound
        while upper &- index >= 8 {
            if marks(word(index)) != 0 { return true }
            index &+= 8
        }
        let rest = upper &- index
        guard rest > 0 else { return false }
        if range.count >= 8 { return marks(word(upper &- 8)) != 0 }
        var tail: UInt64 = 0x6161_6161_6161_6161
        for offset in 0..<rest { tail = tail &<< 8 | UInt64(self[index &+ offset]) }
        return marks(tail) != 0
    }

    /// The number of bytes equal to `byte` in `range`. Traps if the range is outside the bytes. O(n).
    @inline(__always)
    func count(of byte: UInt8, in range: Range<Int>) -> Int {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "a search outside the bytes")
        let pattern = UInt64(byte) &* Lanes.ones
        var total = 0
        var index = range.lowerBound
        while range.upperBound &- index >= 8 {
            total &+= Lanes.allZeros(in: word(index) ^ pattern).nonzeroBitCount
            index &+= 8
        }
        while index < range.upperBound {
            if self[index] == byte { total &+= 1 }
            index &+= 1
        }
        return total
    }

    /// Eight bytes from `offset`, the first one lowest. `offset` lies in 0...count - 8.
    @inline(__always)
    private func word(_ offset: Int) -> UInt64 {
        // In bounds: the searches check their range, and call this only if eight bytes of the buffer follow.
        unsafe UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self))
    }

    /// Whether the bytes of `range` begin with `text`.
    @inline(__always)
    func starts(with text: StaticString, in range: Range<Int>) -> Bool {
        let count = text.utf8CodeUnitCount
        guard range.count >= count else { return false }
        for offset in 0..<count {
            // `offset` lies inside the text's own bytes.
            if unsafe self[range.lowerBound + offset] != text.utf8Start[offset] { return false }
        }
        return true
    }

    /// Whether the bytes of `range` equal `text`.
    @inline(__always)
    func equals(_ text: StaticString, in range: Range<Int>) -> Bool {
        range.count == text.utf8CodeUnitCount && starts(with: text, in: range)
    }
}

/// Operations on the eight byte lanes of a word.
enum Lanes {
    static let ones: UInt64 = 0x0101_0101_0101_0101
    static let highs: UInt64 = 0x8080_8080_8080_8080

    /// Marks the lanes that are zero. Only the lowest mark is exact.
    @inline(__always)
    static func zeros(in word: UInt64) -> UInt64 { (word &- ones) & ~word & highs }

    /// Marks the lanes that are zero. Every mark is exact, since a sum of seven bits never carries into the next lane.
    @inline(__always)
    static func allZeros(in word: UInt64) -> UInt64 { ~(((word & ~highs) &+ ~highs) | word) & highs }
}
