/// Names of metrics, as a configuration lists them: one name exactly, or all that begin alike (`checkout.*`).
///
/// Compared byte by byte with the metric's name; its tags do not matter.
public struct MetricPattern: Sendable, Hashable {
    /// The text as it was written.
    public let text: String
    private let bytes: [UInt8]
    private let isPrefix: Bool

    public init(_ text: String) {
        self.text = text
        isPrefix = text.hasSuffix("*")
        bytes = Array((isPrefix ? text.dropLast() : text[...]).utf8)
    }

    /// Whether it says something a metric's name can be: 1 to 255 bytes, a `*` only at its end.
    public var isValid: Bool {
        (1...255).contains(text.utf8.count) && !bytes.contains(UInt8(ascii: "*"))
    }

    /// Whether the name is one of those meant. O(bytes of the pattern).
    public func matches(_ name: Span<UInt8>) -> Bool {
        guard isPrefix ? name.count >= bytes.count : name.count == bytes.count else { return false }
        for index in bytes.indices where bytes[index] != name[index] { return false }
        return true
    }
}

extension MetricPattern: ExpressibleByStringLiteral, CustomStringConvertible {
    public init(stringLiteral text: String) { self.init(text) }
    public var description: String { text }
}
