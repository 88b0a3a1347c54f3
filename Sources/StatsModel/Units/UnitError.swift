/// A quantity on the command line or in a scenario that cannot be read.
package struct UnitError: Error, Equatable, CustomStringConvertible {
    /// The text that was found.
    package let text: String
    /// The notation that was expected, such as a list of units.
    package let expected: String

    /// An error from its parts.
    package init(text: String, expected: String) {
        self.text = text
        self.expected = expected
    }

    /// The error as a sentence.
    package var description: String { "'\(text)' is not \(expected)" }
}

/// Splits a text into its leading number and its unit. Blanks between them are removed.
func splitUnit(_ text: String) -> (number: Double?, unit: String) {
    let isNumeric: (Character) -> Bool = { $0.isASCII && ($0.isNumber || $0 == "." ) }
    let number = text.prefix(while: isNumeric)
    let unit = text.dropFirst(number.count).drop(while: { $0 == " " })
    return (Double(String(number)), String(unit))
}
