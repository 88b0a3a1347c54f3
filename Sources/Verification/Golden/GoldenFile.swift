import ReplayEngine
import StatsModel
import Yams

/// A golden file, `golden/NAME.yaml`: a scenario with all its settings, and the result that it must give.
struct GoldenFile: Codable, Sendable {
    static let currentFormat = 1

    var format: Int
    /// The capture's file name in the captures folder.
    var capture: String
    /// The capture's checksum and size, to detect that the capture itself changed.
    var digest: String
    var scenario: GoldenScenario
    var expected: GoldenExpectation

    init(_ record: RunRecord, _ judgement: Judgement) {
        format = Self.currentFormat
        capture = record.capture.name
        digest = record.capture.digest
        scenario = GoldenScenario(record.scenario)
        expected = GoldenExpectation(record, judgement)
    }

    /// Reads one file's text.
    ///
    /// Errors: ``GoldenError`` with the parser's line and column, or the path of the key that is missing or wrong.
    init(parsing text: String, file: String) throws(GoldenError) {
        let node: Node
        do throws(DocumentError) {
            guard let root = try YAMLText.compose(text) else {
                throw DocumentError(line: nil, path: "", reason: "is empty")
            }
            node = root
        } catch {
            throw GoldenError(file: file, reason: error.line.map { "line \($0) \(error.reason)" } ?? error.reason)
        }
        do {
            self = try YAMLDecoder(encoding: .utf8).decode(GoldenFile.self, from: node)
        } catch let error as YamlError {
            throw GoldenError(file: file, reason: YAMLText.reason(of: error).reason)
        } catch let error as DecodingError {
            throw GoldenError(file: file, reason: GoldenError.reason(of: error))
        } catch {
            throw GoldenError(file: file, reason: "\(error)")
        }
        guard format == Self.currentFormat else {
            throw GoldenError(
                file: file, reason: "format \(format) is unknown; this version writes \(Self.currentFormat). Record it again with --update")
        }
    }

    /// The file's text. Equal contents give equal bytes.
    func text() throws(GoldenError) -> String {
        let encoder = YAMLEncoder()
        encoder.options.width = -1
        encoder.options.allowUnicode = true
        do {
            let body = try encoder.encode(self)
            return "# Recorded by `statsreplay run --update`. Logical facts only; see README, \"Golden files\".\n" + body
        } catch {
            throw GoldenError(file: capture, reason: "cannot be written as YAML: \(error)")
        }
    }
}

/// A golden file that cannot be used: the file and the reason.
package struct GoldenError: Error, Equatable, CustomStringConvertible {
    package let file: String
    package let reason: String

    /// The error as a sentence. Text quoted from the file is escaped, and cut if it is long.
    package var description: String { "\(PrintableText.escaped(file)): \(PrintableText.cut(reason, 400))" }

    static func reason(of error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, let context):
            return "the key '\(path(context.codingPath + [key]))' is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            // The parser's own error has line and column. Codable's error only says that decoding failed.
            if let parser = context.underlyingError as? YamlError { return YAMLText.reason(of: parser).reason }
            return "'\(path(context.codingPath))': \(context.debugDescription)"
        @unknown default:
            return "\(error)"
        }
    }

    private static func path(_ keys: [any CodingKey]) -> String { keys.map(\.stringValue).joined(separator: ".") }
}
