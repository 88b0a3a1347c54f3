import Yams

/// A part of a YAML document that keeps its order, and the lines where its keys stand.
indirect enum DocumentValue: Equatable, Sendable {
    struct Entry: Equatable, Sendable {
        var name: String
        var value: DocumentValue
        /// Counted from 1; nil where it was not read from a text.
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

    /// How it reads in a sentence.
    var description: String {
        switch self {
        case .text(let text): text
        case .list(let texts): "[\(texts.joined(separator: ", "))]"
        case .table(let entries): "{\(entries.map { "\($0.name): \($0.value.description)" }.joined(separator: ", "))}"
        }
    }

    /// The value under that name of a table; nil elsewhere.
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
            // A number is written as one, so that the file needs no quotes.
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
    /// A composed document, with the lines of its keys. Tables below lists are not part of any of our documents.
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

/// What is wrong in a document: where, under which key, why.
struct DocumentError: Error, Equatable {
    var line: Int?
    /// The key with those it stands in, joined by dots; empty for the document as a whole.
    var path: String
    var reason: String
}
