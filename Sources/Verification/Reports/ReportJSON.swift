import Foundation

/// Writes every report for machines. Keys are sorted, so that the same result gives the same bytes. A property `bytesSent` has
/// the key `bytes_sent`; the keys of dictionaries are written as they are.
enum ReportJSON {
    /// One object with a line break at its end.
    static func encode(_ report: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return try encoder.encode(report) + Data("\n".utf8)
    }
}
