import StatsModel
import StatsPipeline

/// Parity in a client's document: `none`, `standard`, or a table of the differences from the standard parity.
enum ParityDocument {
    static func write(_ parity: ParityConfiguration?) -> DocumentValue {
        guard let parity else { return .text("none") }
        return .table([
            .init("group_size", .text(String(parity.groupSize))),
            .init("parity_count", .text(String(parity.parityCount))),
            .init("interleave", .text(String(parity.interleave))),
            .init("maximum_age", .text(Nanoseconds(parity.maximumAge).description)),
        ])
    }

    static func read(_ value: DocumentValue) throws(DocumentError) -> ParityConfiguration? {
        var parity = ParityConfiguration()
        if value == .text("none") { return nil }
        if value == .text("standard") { return parity }
        typealias Parity = ParityConfiguration
        try DocumentReader.fields(
            value, of: &parity,
            [
                ("group_size", { (value, parity: inout Parity) throws(DocumentError) in
                    parity.groupSize = try DocumentReader.integer(value) }),
                ("parity_count", { (value, parity: inout Parity) throws(DocumentError) in
                    parity.parityCount = try DocumentReader.integer(value) }),
                ("interleave", { (value, parity: inout Parity) throws(DocumentError) in
                    parity.interleave = try DocumentReader.integer(value) }),
                ("maximum_age", { (value, parity: inout Parity) throws(DocumentError) in
                    parity.maximumAge = try DocumentReader.time(value).duration }),
            ])
        return parity
    }
}
