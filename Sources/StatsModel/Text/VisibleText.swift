/// Shows bytes of unknown origin as text. Different bytes give texts that differ both visibly and in every comparison.
///
/// | bytes | text |
/// |---|---|
/// | a backslash | `\\` |
/// | a byte that belongs to no UTF-8 character | `\xE9` |
/// | control, format, private and unassigned characters | `\u{1B}` |
/// | characters that Unicode may join with the one before, or takes for another one | `\u{301}` |
/// | one of the bytes in `reserved` | behind a backslash |
/// | everything else | as it is |
///
/// A backslash never stands alone, so no two strings look alike. Swift's `String` takes canonically equivalent texts as equal.
/// Marks, conjoining letters and characters with a canonical equivalent are therefore written as numbers, so that different bytes
/// never compare as equal.
package enum VisibleText {
    /// The text of `bytes[range]`. O(n), allocates.
    ///
    /// - Parameter reserved: ASCII characters with a special meaning where the text will be used
    package static func text(_ bytes: Span<UInt8>, _ range: Range<Int>, reserved: StaticString = "") -> String {
        var text = ""
        append(bytes, range, reserved: reserved, to: &text)
        return text
    }

    /// The text of a whole array.
    package static func text(_ bytes: [UInt8]) -> String { text(bytes.span, 0..<bytes.count) }

    static func append(
        _ bytes: Span<UInt8>, _ range: Range<Int>, reserved: StaticString = "", to text: inout String
    ) {
        var index = range.lowerBound
        while index < range.upperBound {
            let byte = bytes[index]
            if byte >= 0x20, byte < 0x7F {
                if byte == UInt8(ascii: "\\") || holds(reserved, byte) { text.append("\\") }
                text.unicodeScalars.append(Unicode.Scalar(byte))
                index += 1
            } else if let (scalar, count) = scalar(bytes, index..<range.upperBound) {
                if isPlain(scalar) {
                    text.unicodeScalars.append(scalar)
                } else {
                    text += "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
                }
                index += count
            } else {
                text += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
                index += 1
            }
        }
    }

    private static func holds(_ reserved: StaticString, _ byte: UInt8) -> Bool {
        for index in 0..<reserved.utf8CodeUnitCount {
            // In bounds: below the string's own count.
            if unsafe reserved.utf8Start[index] == byte { return true }
        }
        return false
    }

    /// The first character of the range and its length in bytes. nil if the bytes are not valid UTF-8 (RFC 3629: shortest form
    /// only, no surrogates).
    private static func scalar(_ bytes: Span<UInt8>, _ range: Range<Int>) -> (Unicode.Scalar, Int)? {
        let lead = bytes[range.lowerBound]
        let count = lead < 0x80 ? 1 : lead & 0xE0 == 0xC0 ? 2 : lead & 0xF0 == 0xE0 ? 3 : lead & 0xF8 == 0xF0 ? 4 : 0
        guard count > 0, count <= range.count else { return nil }
        if count == 1 { return (Unicode.Scalar(lead), 1) }
        var value = UInt32(lead) & (0x7F >> UInt32(count))
        for offset in 1..<count {
            let next = bytes[range.lowerBound + offset]
            guard next & 0xC0 == 0x80 else { return nil }
            value = value << 6 | UInt32(next & 0x3F)
        }
        let least: UInt32 = count == 2 ? 0x80 : count == 3 ? 0x800 : 0x10000
        guard value >= least, let scalar = Unicode.Scalar(value) else { return nil }
        return (scalar, count)
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        let properties = scalar.properties
        switch properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: return false
        // Marks. They include every character that Unicode composes with the one before, except for Hangul.
        case .nonspacingMark, .spacingMark, .enclosingMark: return false
        default: break
        }
        // Excluded are vowels and final consonants of decomposed Hangul, and characters with another canonical form (the unit
        // signs Å, Ω, K; compatibility ideographs).
        return !(0x1160...0x11FF).contains(scalar.value) && !properties.isFullCompositionExclusion
    }
}
