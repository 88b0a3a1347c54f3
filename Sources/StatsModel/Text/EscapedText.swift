/// Escapes in DogStatsD texts: a backslash followed by `n` stands for a line break. There is no other escape.
///
/// Source: the Datadog agent, which replaces these two bytes from left to right before it keeps a text.
public enum EscapedText {
    /// The length of the unescaped text in bytes. O(n).
    public static func unescapedCount(_ bytes: Span<UInt8>, _ range: ByteRange) -> Int {
        var count = 0
        forEachByte(bytes, range) { _ in count &+= 1 }
        return count
    }

    /// ``ByteHash`` of the unescaped text. O(n), allocates nothing.
    public static func hash(_ bytes: Span<UInt8>, _ range: ByteRange, state: UInt64 = 0) -> UInt64 {
        var hash = state ^ (UInt64(unescapedCount(bytes, range)) &* 0x9E37_79B9_7F4A_7C15)
        var word: UInt64 = 0
        var shift: UInt64 = 0
        forEachByte(bytes, range) { byte in
            word |= UInt64(byte) &<< shift
            shift &+= 8
            if shift == 64 {
                hash = ByteHash.fold(hash, word)
                word = 0
                shift = 0
            }
        }
        return KeyedRandom.mix(ByteHash.fold(hash, word))
    }

    /// Calls `body` with each byte of the unescaped text. O(n).
    @inlinable public static func forEachByte(_ bytes: Span<UInt8>, _ range: ByteRange, _ body: (UInt8) -> Void) {
        let end = Int(range.upper)
        var index = Int(range.lower)
        while index < end {
            let isEscape =
                bytes[index] == UInt8(ascii: "\\") && index &+ 1 < end && bytes[index &+ 1] == UInt8(ascii: "n")
            body(isEscape ? UInt8(ascii: "\n") : bytes[index])
            index &+= isEscape ? 2 : 1
        }
    }
}
