import StatsModel
import StatsWire

/// Reads single values of a document. Errors state the value found and the values allowed.
enum DocumentReader {
    static func wrong(_ value: DocumentValue, _ allowed: String) -> DocumentError {
        DocumentError(line: nil, path: "", reason: "is \(PrintableText.cut(value.description, 80)); allowed is \(allowed)")
    }

    static func text(_ value: DocumentValue, _ allowed: String) throws(DocumentError) -> String {
        switch value {
        case .text(let text): return text
        case .list, .table: throw wrong(value, allowed)
        }
    }

    static func table(_ value: DocumentValue) throws(DocumentError) -> [DocumentValue.Entry] {
        switch value {
        case .table(let entries): return entries
        case .text, .list: throw wrong(value, "a table of keys and values")
        }
    }

    static func list(_ value: DocumentValue) throws(DocumentError) -> [String] {
        switch value {
        case .list(let texts): return texts
        case .text, .table: throw wrong(value, "a list such as [checkout.*, login.failed]")
        }
    }

    static func integer(_ value: DocumentValue) throws(DocumentError) -> Int {
        guard let number = Int(try text(value, "a whole number")) else { throw wrong(value, "a whole number") }
        return number
    }

    static func time(_ value: DocumentValue) throws(DocumentError) -> Nanoseconds {
        let allowed = "a duration with its unit, such as 250ms, 1.5s or 2m"
        do { return try Nanoseconds(parsing: try text(value, allowed)) } catch { throw wrong(value, allowed) }
    }

    static func ratio(_ value: DocumentValue) throws(DocumentError) -> Ratio {
        let text = try text(value, "a percentage such as 90%")
        do {
            return try Ratio(parsing: text)
        } catch {
            throw DocumentError(line: nil, path: "", reason: PrintableText.cut("is \(error)"))
        }
    }

    /// Reads a value that must be one of several names.
    static func choice<Choice>(_ value: DocumentValue, _ choices: [(String, Choice)]) throws(DocumentError) -> Choice {
        let allowed = choices.map(\.0).joined(separator: ", ")
        let text = try text(value, allowed)
        guard let choice = choices.first(where: { $0.0 == text }) else { throw wrong(value, allowed) }
        return choice.1
    }

    static func codec(_ value: DocumentValue) throws(DocumentError) -> PacketCodec {
        try choice(value, PacketCodec.allCases.filter { $0 != .none }.map { ("\($0)", $0) })
    }

    /// Reads a table in which every key is known. Each key has its own reader.
    static func fields<Result>(
        _ value: DocumentValue, of result: inout Result,
        _ readers: [(String, (DocumentValue, inout Result) throws(DocumentError) -> Void)]
    ) throws(DocumentError) {
        for entry in try table(value) {
            guard let reader = readers.first(where: { $0.0 == entry.name }) else {
                throw DocumentError(
                    line: entry.line, path: PrintableText.cut(entry.name, 60),
                    reason: "is unknown here; there are \(readers.map(\.0).joined(separator: ", "))")
            }
            do throws(DocumentError) { try reader.1(entry.value, &result) } catch { throw error.inside(entry) }
        }
    }
}
