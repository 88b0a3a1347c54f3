import Yams

/// A part of a YAML document. It keeps the order of its keys and the line of each key.
indirect enum DocumentValue: Equatable, Sendable {
    struct Entry: Equatable, Sendable {
        var name: String
        var value: DocumentValue
        /// The key's line, counted from 1. nil if the value was not read from a text.
        var line: Int?

        init(_ name: String, _ value: DocumentValue, line: Int? = nil) {
            self.name = name
            self.value = value
            self.line = line
        }

        static func == (a: Self, b: Self) -> Bool { a.name == b.name && a.value == b.value }
    }

    case text(String)
    case list([String])
    case table([Entry])

    /// The value as it appears in a sentence.
    var description: String {
        switch self {
        case .text(let text): text
        case .list(let texts): "[\(texts.joined(separator: ", "))]"
        case .table(let entries): "{\(entries.map { "\($0.name): \($0.value.description)" }.joined(separator: ", "))}"
        }
    }

    /// The entry under this name of a table. nil if the name is missing, or if this is no table.
    subscript(_ name: String) -> Entry? {
        switch self {
        case .text, .list: nil
        case .table(let entries): entries.first { $0.name == name }
        }
    }
}

extension DocumentValue: Codable {
    init(from decoder: any Decoder) throws {
        if let container = try? decoder.container(keyedBy: SortedTable.Name.self) {
            self = .table(
                try container.allKeys.map { Entry($0.stringValue, try container.decode(DocumentValue.self, forKey: $0)) })
        } else if var container = try? decoder.unkeyedContainer() {
            var texts: [String] = []
            while !container.isAtEnd { texts.append(try container.decode(String.self)) }
            self = .list(texts)
        } else {
            self = .text(try decoder.singleValueContainer().decode(String.self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        switch self {
        case .text(let text):
            var container = encoder.singleValueContainer()
            // A number is written as a number, so that the file needs no quotes.
            if let number = UInt64(text) { try container.encode(number) } else { try container.encode(text) }
        case .list(let texts):
            var container = encoder.unkeyedContainer()
            for text in texts { try container.encode(text) }
        case .table(let entries):
            var container = encoder.container(keyedBy: SortedTable.Name.self)
            for entry in entries { try container.encode(entry.value, forKey: SortedTable.Name(stringValue: entry.name)) }
        }
    }
}

extension DocumentValue {
    /// A document from the parser's nodes, with the lines of its keys. Tables inside lists are not supported, since none of our
    /// documents has them.
    init(_ node: Node) throws(DocumentError) {
        switch node {
        case .scalar(let scalar):
            self = .text(scalar.string)
        case .sequence(let sequence):
            var texts: [String] = []
            for item in sequence {
                guard let scalar = item.scalar else {
                    throw DocumentError(line: item.mark?.line, path: "", reason: "a list holds single values")
                }
                texts.append(scalar.string)
            }
            self = .list(texts)
        case .mapping(let mapping):
            var entries: [Entry] = []
            for (key, value) in mapping {
                guard let name = key.scalar?.string else {
                    throw DocumentError(line: key.mark?.line, path: "", reason: "a key is a single word")
                }
                entries.append(Entry(name, try DocumentValue(value), line: key.mark?.line))
            }
            self = .table(entries)
        case .alias:
            throw DocumentError(line: node.mark?.line, path: "", reason: "references to other places are not read here")
        }
    }
}

/// An error in a document: its line, key and reason.
struct DocumentError: Error, Equatable {
    var line: Int?
    /// The key and the keys around it, joined by dots. Empty for the document as a whole.
    var path: String
    var reason: String
}
