import ReplayEngine
import StatsModel
import Yams

/// A golden file, `golden/NAME.yaml`: a scenario with all its settings, and the result that it must give.
struct GoldenFile: Codable, Sendable {
    /// The format of new files. Format 2 added `scenario.loss_limits`.
    static let currentFormat = 2

    var format: Int
    /// The capture's file name in the captures folder.
    var capture: String
    /// The capture's checksum and size, to detect that the capture itself changed.
    var digest: String
    var scenario: GoldenScenario
    var expected: GoldenExpectation

    init(_ scenario: Scenario, _ facts: RunFacts) {
        format = Self.currentFormat
        capture = facts.capture.name
        digest = facts.capture.digest
        self.scenario = GoldenScenario(scenario)
        expected = GoldenExpectation(facts)
    }

    /// The golden file of a run that has no report.
    init(_ record: RunRecord, _ judgement: Judgement) { self.init(record.scenario, RunFacts(record, judgement)) }

    /// Reads one file's text.
    ///
    /// Errors: ``GoldenError`` with the parser's line and column, or the path of the key that is missing or wrong. For a file of
    /// another format, the error names the remedy.
    init(parsing text: String, file: String) throws(GoldenError) {
        let node = try Self.compose(text, file: file)
        let format = try Self.decode(Header.self, node, file: file).format
        guard format == Self.currentFormat else { throw Self.refusal(of: format, file: file) }
        self = try Self.decode(GoldenFile.self, node, file: file)
        guard scenario.lossLimits != nil else {
            throw GoldenError(file: file, reason: "the key 'scenario.loss_limits' is missing")
        }
    }

    /// The part of a file that can be read in every format.
    private struct Header: Decodable { var format: Int }

    /// The capture and the scenario of a file in an older format. Its expected result is not read.
    struct Outdated: Decodable {
        var format: Int
        var capture: String
        var scenario: GoldenScenario

        /// Errors: ``GoldenError`` for a file of the current format or a later one, and for a file that cannot be read.
        init(parsing text: String, file: String) throws(GoldenError) {
            self = try GoldenFile.decode(Outdated.self, try GoldenFile.compose(text, file: file), file: file)
            guard format < GoldenFile.currentFormat else { throw GoldenFile.refusal(of: format, file: file) }
        }
    }

    private static func refusal(of format: Int, file: String) -> GoldenError {
        guard format < currentFormat else {
            return GoldenError(
                file: file, reason: "format \(format) is unknown; this version writes \(currentFormat). Record it again with --update")
        }
        let folder = file.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        let isStandard = folder == "golden" || folder.hasSuffix("/golden")
        let option = isStandard ? "" : " --golden-folder \(ShellWord.quoted(folder.isEmpty ? "." : folder))"
        return GoldenError(
            file: file,
            reason: "format \(format) is older than this version's \(currentFormat), which states the limits of loss; rewrite it with"
                + " `statsreplay run --update\(option)`")
    }

    private static func compose(_ text: String, file: String) throws(GoldenError) -> Node {
        do throws(DocumentError) {
            guard let root = try YAMLText.compose(text) else {
                throw DocumentError(line: nil, path: "", reason: "is empty")
            }
            return root
        } catch {
            throw GoldenError(file: file, reason: error.line.map { "line \($0) \(error.reason)" } ?? error.reason)
        }
    }

    private static func decode<Value: Decodable>(_ type: Value.Type, _ node: Node, file: String) throws(GoldenError) -> Value {
        do {
            return try YAMLDecoder(encoding: .utf8).decode(type, from: node)
        } catch let error as YamlError {
            throw GoldenError(file: file, reason: YAMLText.reason(of: error).reason)
        } catch let error as DecodingError {
            throw GoldenError(file: file, reason: GoldenError.reason(of: error))
        } catch {
            throw GoldenError(file: file, reason: "\(error)")
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
