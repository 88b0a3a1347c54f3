import StatsModel

/// Shows bytes of unknown origin as text that is safe to print anywhere.
enum ByteExcerpt {
    /// Printable ASCII stays as it is, a backslash is doubled, and every other byte becomes `\xNN`. A cut excerpt ends in `…`.
    /// O(limit).
    static func text(_ bytes: Span<UInt8>, _ range: ByteRange, limit: Int = 80) -> String {
        let end = min(Int(range.upper), bytes.count)
        let start = min(Int(range.lower), end)
        var text = ""
        for index in start..<min(end, start + limit) {
            switch bytes[index] {
            case UInt8(ascii: "\\"): text += "\\\\"
            case 0x20...0x7E: text.unicodeScalars.append(Unicode.Scalar(bytes[index]))
            case let byte: text += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return end - start > limit ? text + "…" : text
    }
}
