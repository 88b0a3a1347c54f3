/// In JSON a type is its name.
extension MetricType: Codable {
    /// Encodes the name.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }

    /// Throws `DecodingError` if no type has this name.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let name = try container.decode(String.self)
        guard let type = Self(name: name) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "no type of metric is named '\(name)'")
        }
        self = type
    }
}
