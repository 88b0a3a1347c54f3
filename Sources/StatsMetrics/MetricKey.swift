/// A label and its dimensions as they are sent. Two keys are equal if their packets are.
///
/// Strings are compared byte by byte. Values that Unicode calls equivalent differ in packets, but not as Swift `String`s.
struct MetricKey: Hashable, Sendable {
    let name: String
    let tags: [String: String]
    /// The bytes of the tags' values. Tag keys are ASCII and need no such treatment.
    private let bytes: [String: [UInt8]]

    init(label: String, dimensions: [(String, String)]) {
        name = Self.name(label)
        var tags: [String: String] = [:]
        for (key, value) in dimensions { tags[Self.name(key)] = Self.tagValue(value) }
        self.tags = tags
        bytes = tags.mapValues { Array($0.utf8) }
    }

    static func == (a: Self, b: Self) -> Bool { a.name == b.name && a.bytes == b.bytes }

    func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(bytes)
    }

    /// The label as a metric name. ASCII letters, digits, `.`, `_` and `-` stay, and each other Unicode scalar becomes an
    /// underscore. An empty name becomes one underscore, because no server accepts an empty name.
    static func name(_ label: String) -> String {
        if label.isEmpty { return "_" }
        var name = ""
        name.reserveCapacity(label.utf8.count)
        for scalar in label.unicodeScalars {
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", ".", "_", "-": name.unicodeScalars.append(scalar)
            default: name.append("_")
            }
        }
        return name
    }

    /// The value as a tag value. Comma, bar and control characters become underscores, because they would end a tag, a section
    /// or a line.
    static func tagValue(_ value: String) -> String {
        var result = ""
        result.reserveCapacity(value.utf8.count)
        for scalar in value.unicodeScalars {
            // C0 and C1 control characters, and the two line separators outside ASCII.
            switch scalar {
            case ",", "|", "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}": result.append("_")
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
