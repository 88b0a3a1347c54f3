import StatsModel
import Yams

/// Parses a document from an untrusted source. Text that would take more time or memory than its length justifies is refused.
enum YAMLText {
    /// The largest document in bytes. A golden file has some ten thousand.
    static let byteLimit = 1 << 20
    /// The deepest nesting of tables and lists. Our documents have five levels.
    static let depthLimit = 32

    /// The document's root. nil if the text is empty.
    ///
    /// Errors: ``DocumentError``, with the line if the error belongs to one.
    static func compose(_ text: String) throws(DocumentError) -> Node? {
        guard text.utf8.count <= byteLimit else {
            throw DocumentError(line: nil, path: "", reason: "has \(text.utf8.count) bytes; allowed are \(byteLimit)")
        }
        try refuseReferences(text)
        let node: Node?
        do {
            // The basic resolver does not guess numbers or dates: each key has its own reader for its value.
            node = try Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot()
        } catch let error as YamlError {
            throw reason(of: error)
        } catch {
            throw DocumentError(line: nil, path: "", reason: PrintableText.cut("\(error)"))
        }
        if let node { try check(node, depth: 1) }
        return node
    }

    // MARK: Aliases

    /// Refuses YAML names (`&name`) and references to them (`*name`). With them a few lines can stand for gigabytes, and our
    /// documents need none. Both begin after a space, a line end or a punctuation mark. Text with both characters in such places
    /// is refused even inside quotes, so that no quoting can hide them.
    private static func refuseReferences(_ text: String) throws(DocumentError) {
        var line = 1
        var anchorLine: Int?
        var hasAlias = false
        var last = UInt8(ascii: "\n")
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\n") { line += 1 }
            if !isWithinWord(last) {
                if byte == UInt8(ascii: "&") { anchorLine = anchorLine ?? line }
                if byte == UInt8(ascii: "*") { hasAlias = true }
            }
            last = byte
        }
        guard let anchorLine, hasAlias else { return }
        throw DocumentError(
            line: anchorLine, path: "",
            reason: "uses names and references (&name, *name), which are not read here: write the value out in each place")
    }

    /// Whether the byte continues a word. No name or reference can begin after such a byte.
    private static func isWithinWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "/"), UInt8(ascii: "\""), UInt8(ascii: "'"),
            UInt8(ascii: "&"), UInt8(ascii: "*"):
            true
        default: false
        }
    }

    // MARK: Depth and tags

    /// Checks nesting and tags. The recursion ends, since the parser itself stops at a depth of 1000.
    private static func check(_ node: Node, depth: Int) throws(DocumentError) {
        guard depth <= depthLimit else {
            throw DocumentError(
                line: node.mark?.line, path: "", reason: "is nested too deeply; allowed are \(depthLimit) levels")
        }
        let tag = node.tag.description
        // Tags of YAML's own schema change nothing in how our documents are read.
        guard tag.isEmpty || tag == "!" || tag.hasPrefix("tag:yaml.org,2002:") else {
            throw DocumentError(
                line: node.mark?.line, path: "", reason: "has the tag '\(PrintableText.cut(tag, 40))'; tags are not read here")
        }
        switch node {
        case .scalar, .alias: break
        case .sequence(let sequence): for item in sequence { try check(item, depth: depth + 1) }
        case .mapping(let mapping):
            for (key, value) in mapping {
                try check(key, depth: depth + 1)
                try check(value, depth: depth + 1)
            }
        }
    }

    // MARK: Errors

    /// The parser's own message and its place, without the source text that the error carries.
    static func reason(of error: YamlError) -> DocumentError {
        switch error {
        case .no, .memory: DocumentError(line: nil, path: "", reason: "cannot be read as YAML")
        case .reader(let problem, let offset, _, _):
            DocumentError(
                line: nil, path: "", reason: "is no YAML text: \(problem)" + (offset.map { " at byte \($0)" } ?? ""))
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            DocumentError(
                line: nil, path: "", reason: "is no YAML at \(mark.line):\(mark.column): \(PrintableText.cut(problem))")
        case .writer(let problem), .emitter(let problem), .representer(let problem):
            DocumentError(line: nil, path: "", reason: PrintableText.cut(problem))
        case .dataCouldNotBeDecoded: DocumentError(line: nil, path: "", reason: "is no UTF-8 text")
        case .duplicatedKeysInMapping(let duplicates, let context):
            DocumentError(
                line: context.mark.line, path: "",
                reason: "has the key '\(PrintableText.cut(duplicates.first ?? "", 60))' more than once")
        }
    }
}
