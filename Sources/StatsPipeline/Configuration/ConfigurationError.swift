import StatsModel

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

    /// An error about a value outside its range. Times are written as configuration files write them: `250ms`.
    package init<Value: Comparable>(field: String, value: Value, outside range: ClosedRange<Value>) {
        self.init(
            field: field, value: Self.text(value), allowed: "\(Self.text(range.lowerBound)) to \(Self.text(range.upperBound))")
    }

    private static func text<Value>(_ value: Value) -> String {
        if let duration = value as? Duration { return Nanoseconds(duration).description }
        return "\(value)"
    }

    /// The error as a sentence.
    public var description: String { "\(field) is \(value); allowed is \(allowed)" }
}
