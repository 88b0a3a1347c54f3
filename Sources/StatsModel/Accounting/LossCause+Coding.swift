/// In JSON a cause is its name, as a value and as a key.
extension LossCause: Codable, CodingKeyRepresentable {
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// The name, as the key of a dictionary.
    public var codingKey: any CodingKey { Key(stringValue: name) }

    /// The cause whose name is the key. nil if there is none.
    public init?(codingKey: some CodingKey) { self.init(name: codingKey.stringValue) }

    /// Encodes the name.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }

    /// Throws `DecodingError` if no cause has this name.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let name = try container.decode(String.self)
        guard let cause = Self(name: name) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "no cause of loss is named '\(name)'")
        }
        self = cause
    }
}
