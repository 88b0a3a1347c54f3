/// A configuration's field that is outside its range.
public struct ConfigurationError: Error, Equatable, CustomStringConvertible {
    /// The field's name.
    public let field: String
    /// The value that was found.
    public let value: String
    /// The allowed values.
    public let allowed: String

    /// An error from its parts.
    public init(field: String, value: String, allowed: String) {
        self.field = field
        self.value = value
        self.allowed = allowed
    }

    /// The error as a sentence.
    public var description: String { "\(field) is \(value); allowed is \(allowed)" }
}
