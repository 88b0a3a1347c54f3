import ReplayEngine
import StatsModel

/// A 64-bit digest of a run's whole result, to compare a run with its repetition. It covers the golden file (with the digests of
/// all metrics and gap ranges) and the report.
struct RunFingerprint: Equatable, CustomStringConvertible {
    private let hash: UInt64

    /// Throws ``GoldenError`` if the record cannot be written as YAML.
    init(_ record: RunRecord) throws(GoldenError) {
        let judgement = Judgement(record)
        let text = try GoldenFile(record, judgement).text() + judgement.faults.joined(separator: "\n")
        let bytes = Array(text.utf8)
        hash = ByteHash.hash(bytes.span, 0..<bytes.count)
    }

    /// Sixteen hexadecimal digits.
    var description: String { GoldenExpectation.hex(hash) }
}
