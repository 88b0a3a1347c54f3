/// A pattern for names of metrics in a configuration: one exact name, or all names with a common beginning (`checkout.*`).
///
/// It is compared byte by byte with the metric's name. Tags do not matter.
public struct MetricPattern: Sendable, Hashable {
    /// The pattern as it was written.
    public let text: String
    private let bytes: [UInt8]
    private let isPrefix: Bool

    /// A pattern from its text, which may be invalid: see ``isValid``.
    public init(_ text: String) {
        self.text = text
        isPrefix = text.hasSuffix("*")
        bytes = Array((isPrefix ? text.dropLast() : text[...]).utf8)
    }

    /// Whether a metric's name can match the pattern: 1 to 255 bytes, with a `*` at most at its end.
    public var isValid: Bool {
        (1...255).contains(text.utf8.count) && !bytes.contains(UInt8(ascii: "*"))
    }

    /// Whether the pattern matches the name. O(bytes of the pattern).
    public func matches(_ name: Span<UInt8>) -> Bool {
        guard isPrefix ? name.count >= bytes.count : name.count == bytes.count else { return false }
        for index in bytes.indices where bytes[index] != name[index] { return false }
        return true
    }
}

extension MetricPattern: ExpressibleByStringLiteral, CustomStringConvertible {
    /// A pattern from a string literal.
    public init(stringLiteral text: String) { self.init(text) }
    /// The pattern as it was written.
    public var description: String { text }
}
