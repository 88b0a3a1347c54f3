/// A label and its dimensions as they go on the wire; equal where the wire could not tell them apart.
///
/// Compared byte by byte: values that Unicode calls equivalent are two on the wire, and one to Swift's `String`.
struct MetricKey: Hashable, Sendable {
    let name: String
    let tags: [String: String]
    /// The tags' bytes; their keys are ASCII.
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

    /// ASCII letters, digits, `.`, `_` and `-` stay; each other Unicode scalar becomes an underscore. A name without
    /// anything is one underscore, since no server takes an empty one.
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

    /// Everything stays but what ends a tag, a section or a line: comma, bar and control characters become underscores.
    static func tagValue(_ value: String) -> String {
        var result = ""
        result.reserveCapacity(value.utf8.count)
        for scalar in value.unicodeScalars {
            // C0 and C1 control characters, and the two line ends beyond ASCII.
            switch scalar {
            case ",", "|", "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}": result.append("_")
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
