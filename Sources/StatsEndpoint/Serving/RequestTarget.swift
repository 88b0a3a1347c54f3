/// The target of a request: its path, and the values in its query (RFC 3986, section 3; RFC 9112, section 3.2).
struct RequestTarget {
    /// The path as sent, not decoded. An absolute form loses its scheme and authority.
    let path: Substring
    private let query: Substring

    init(_ text: String) {
        var rest = text[...]
        if rest.hasPrefix("http://") {
            let authority = rest.dropFirst("http://".count)
            rest = authority.firstIndex(where: { $0 == "/" || $0 == "?" }).map { authority[$0...] } ?? "/"
        }
        let mark = rest.utf8.firstIndex(of: UInt8(ascii: "?")) ?? rest.endIndex
        path = rest[..<mark]
        query = rest[mark...].dropFirst()
    }

    /// Path and query that were taken apart already.
    init(path: String, query: String) {
        self.path = path[...]
        self.query = query[...]
    }

    /// The last value of that name, percent-decoded. nil if the name does not occur. O(bytes of the query).
    func value(of name: String) -> String? {
        var found: Substring.UTF8View.SubSequence?
        for item in query.utf8.split(separator: UInt8(ascii: "&")) {
            let end = item.firstIndex(of: UInt8(ascii: "=")) ?? item.endIndex
            if item[..<end].elementsEqual(name.utf8) { found = item[end...].dropFirst() }
        }
        return found.map(Self.decoded)
    }

    /// Decodes `%41` to `A`. A percent sign without two hexadecimal digits after it stays.
    private static func decoded(_ text: Substring.UTF8View.SubSequence) -> String {
        var bytes: [UInt8] = []
        var rest = text[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2).compactMap { Character(UnicodeScalar($0)).hexDigitValue }
            if byte == UInt8(ascii: "%"), digits.count == 2 {
                bytes.append(UInt8(digits[0] * 16 + digits[1]))
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
