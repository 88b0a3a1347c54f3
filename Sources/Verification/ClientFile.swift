import Foundation
public import StatsClient
import StatsModel
import Yams

/// A client's configuration in a file that a person wrote: what differs from the standard one, or from a preset.
///
///     preset: reliable
///     buffer_capacity: 16384
///     priorities:
///       critical: [checkout.*, login.failed]
///       low: [debug.*]
public enum ClientFile {
    /// Reads a file's text.
    ///
    /// - Throws: ``ClientFileError`` with file, line, key, what stands there and what may
    public static func parse(_ text: String, file: String) throws(ClientFileError) -> ClientConfiguration {
        let node: Node?
        do throws(DocumentError) {
            node = try YAMLText.compose(text)
        } catch {
            throw ClientFileError(file: file, line: error.line, reason: "the document \(error.reason)")
        }
        // A file without any key is the standard client.
        guard let node else { return .standard }
        let document: DocumentValue
        var configuration = ClientConfiguration.standard
        do throws(DocumentError) {
            document = try DocumentValue(node)
            let entries = try DocumentReader.table(document)
            if let preset = entries.first(where: { $0.name == "preset" }) {
                do throws(DocumentError) {
                    configuration = try DocumentReader.choice(
                        preset.value, ClientPreset.allCases.map { ($0.name, $0.configuration) })
                } catch {
                    throw error.inside(preset)
                }
            }
            try ClientDocument.apply(.table(entries.filter { $0.name != "preset" }), to: &configuration)
        } catch {
            let key = error.path.isEmpty ? "the document" : error.path
            throw ClientFileError(file: file, line: error.line, reason: "\(key) \(error.reason)")
        }
        do {
            try configuration.validate()
        } catch {
            let key = ClientDocument.key(error.field)
            throw ClientFileError(
                file: file, line: line(of: key, in: document), reason: "\(key) is \(error.value); allowed is \(error.allowed)")
        }
        return configuration
    }

    /// The line of a key, or of the innermost one it stands in; nil where the document does not state it.
    private static func line(of path: String, in document: DocumentValue) -> Int? {
        var value = document
        var line: Int?
        for name in path.split(separator: ".") {
            guard let entry = value[String(name)] else { break }
            line = entry.line ?? line
            value = entry.value
        }
        return line
    }
}

/// A client file that cannot be used: which, where, why.
public struct ClientFileError: Error, Equatable, CustomStringConvertible {
    public let file: String
    /// Counted from 1; nil where no single line is to blame.
    public let line: Int?
    public let reason: String

    /// What of the file stands in it is escaped, and cut where it is long.
    public var description: String {
        let place = PrintableText.escaped(file) + (line.map { ":\($0)" } ?? "")
        return "\(place): \(PrintableText.cut(reason, 400))"
    }
}
