/// A table of names and texts that keeps the order of its entries when it is written.
struct SortedTable: Codable, Equatable, Sendable {
    struct Entry: Equatable, Sendable {
        var name: String
        var value: String
    }
    var entries: [Entry]

    init(_ entries: [Entry]) { self.entries = entries }

    init<Numbers: Sequence>(numbers: Numbers) where Numbers.Element == (String, UInt64) {
        entries = numbers.map { Entry(name: $0.0, value: String($0.1)) }
    }

    struct Name: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Name.self)
        entries = try container.allKeys.map { key in
            Entry(name: key.stringValue, value: try container.decode(String.self, forKey: key))
        }.sorted { $0.name < $1.name }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Name.self)
        for entry in entries {
            // A number is written as a number, so that the file needs no quotes.
            if let number = UInt64(entry.value) {
                try container.encode(number, forKey: Name(stringValue: entry.name))
            } else {
                try container.encode(entry.value, forKey: Name(stringValue: entry.name))
            }
        }
    }
}
