import Foundation
import StatsModel
package import StatsPipeline
import Yams

/// A client's configuration in a file that a person wrote: the differences from the standard client, or from a preset.
///
///     preset: reliable
///     buffer_capacity: 16384
///     priorities:
///       critical: [checkout.*, login.failed]
///       low: [debug.*]
package enum ClientFile {
    /// Reads a file's text.
    ///
    /// - Parameter base: the configuration for the file's preset, or for `standard` if the file names none. A run uses the
    ///   pipeline's presets. A live client uses presets with other sizes.
    /// - Throws: ``ClientFileError`` with the file, line, key, the value found and the values allowed
    package static func parse(
        _ text: String, file: String, base: (ClientPreset) -> ClientConfiguration = \.configuration
    ) throws(ClientFileError) -> ClientConfiguration {
        let node: Node?
        do throws(DocumentError) {
            node = try YAMLText.compose(text)
        } catch {
            throw ClientFileError(file: file, line: error.line, reason: "the document \(error.reason)")
        }
        // A file without any key means the standard client.
        guard let node else { return base(.standard) }
        let document: DocumentValue
        var configuration: ClientConfiguration
        do throws(DocumentError) {
            document = try DocumentValue(node)
            let entries = try DocumentReader.table(document)
            configuration = base(try preset(of: entries))
            try ClientDocument.apply(.table(entries.filter { $0.name != "preset" }), to: &configuration)
        } catch {
            let key = error.path.isEmpty ? "the document" : error.path
            throw ClientFileError(file: file, line: error.line, reason: "\(key) \(error.reason)")
        }
        do {
            try configuration.validate()
        } catch {
            throw ClientFileError(file: file, line: line(of: ClientDocument.key(error.field), in: document), error)
        }
        return configuration
    }

    private static func preset(of entries: [DocumentValue.Entry]) throws(DocumentError) -> ClientPreset {
        guard let entry = entries.first(where: { $0.name == "preset" }) else { return .standard }
        do throws(DocumentError) {
            return try DocumentReader.choice(entry.value, ClientPreset.allCases.map { ($0.name, $0) })
        } catch {
            throw error.inside(entry)
        }
    }

    /// The line of a key, or of the innermost key around it. nil if the document does not contain the key.
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

/// A client file that cannot be used: the file, the place and the reason.
package struct ClientFileError: Error, Equatable, CustomStringConvertible {
    package let file: String
    /// The line's number, counted from 1. nil if the error belongs to no single line.
    package let line: Int?
    package let reason: String

    init(file: String, line: Int?, reason: String) {
        self.file = file
        self.line = line
        self.reason = reason
    }

    /// The error for a field outside its range, named by its key in a client file.
    package init(file: String, line: Int? = nil, _ error: ConfigurationError) {
        self.init(
            file: file, line: line,
            reason: "\(ClientDocument.key(error.field)) is \(error.value); allowed is \(error.allowed)")
    }

    /// The error as a sentence. Text quoted from the file is escaped, and cut if it is long.
    package var description: String {
        let place = PrintableText.escaped(file) + (line.map { ":\($0)" } ?? "")
        return "\(place): \(PrintableText.cut(reason, 400))"
    }
}
