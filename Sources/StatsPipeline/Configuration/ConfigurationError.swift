/// A field of ``ClientConfiguration`` outside its range: which one, what stood there, what may stand there.
public struct ConfigurationError: Error, Equatable, CustomStringConvertible {
    public let field: String
    public let value: String
    public let allowed: String

    public init(field: String, value: String, allowed: String) {
        self.field = field
        self.value = value
        self.allowed = allowed
    }

    public var description: String { "\(field) is \(value); allowed is \(allowed)" }
}
