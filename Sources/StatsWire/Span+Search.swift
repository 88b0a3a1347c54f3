extension Span<UInt8> {
    /// Where `byte` first stands in `range`; the range's end where it does not. O(n).
    @inline(__always)
    func firstIndex(of byte: UInt8, in range: Range<Int>) -> Int {
        var index = range.lowerBound
        while index < range.upperBound, self[index] != byte { index &+= 1 }
        return index
    }

    /// Whether the bytes of `range` begin with `text`.
    func starts(with text: StaticString, in range: Range<Int>) -> Bool {
        let count = text.utf8CodeUnitCount
        guard range.count >= count else { return false }
        for offset in 0..<count {
            // `offset` lies inside the text's own bytes.
            if unsafe self[range.lowerBound + offset] != text.utf8Start[offset] { return false }
        }
        return true
    }

    /// Whether the bytes of `range` are `text`.
    func equals(_ text: StaticString, in range: Range<Int>) -> Bool {
        range.count == text.utf8CodeUnitCount && starts(with: text, in: range)
    }
}
