import ReplayEngine
import StatsModel

/// Sixty-four bits of everything a run gave, for comparing it with its repetition: what stands in its golden file
/// (digests of all metrics and gap ranges among it) and in its report.
struct RunFingerprint: Equatable, CustomStringConvertible {
    private let hash: UInt64

    /// Throws ``GoldenError`` where the record cannot be written as YAML.
    init(_ record: RunRecord) throws(GoldenError) {
        let judgement = Judgement(record)
        let text = try GoldenFile(record, judgement).text() + judgement.faults.joined(separator: "\n")
        let bytes = Array(text.utf8)
        hash = ByteHash.hash(bytes.span, 0..<bytes.count)
    }

    /// Sixteen hexadecimal digits.
    var description: String { GoldenExpectation.hex(hash) }
}
