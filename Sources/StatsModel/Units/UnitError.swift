/// A quantity on the command line or in a scenario that cannot be read: what stood there, what was expected.
public struct UnitError: Error, Equatable, CustomStringConvertible {
    public let text: String
    public let expected: String

    public init(text: String, expected: String) {
        self.text = text
        self.expected = expected
    }

    public var description: String { "'\(text)' is not \(expected)" }
}

/// The leading number and what follows it, blanks between them left out.
func splitUnit(_ text: String) -> (number: Double?, unit: String) {
    let isNumeric: (Character) -> Bool = { $0.isASCII && ($0.isNumber || $0 == "." ) }
    let number = text.prefix(while: isNumeric)
    let unit = text.dropFirst(number.count).drop(while: { $0 == " " })
    return (Double(String(number)), String(unit))
}
