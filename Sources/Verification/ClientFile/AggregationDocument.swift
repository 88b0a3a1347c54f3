import StatsModel
import StatsPipeline

/// The aggregation in a client's document: `none`, `standard`, or a table of the differences from the standard aggregation.
enum AggregationDocument {
    private static let timings: [(String, AggregatorConfiguration.Timings)] = [
        ("pass_through", .passThrough), ("summarise", .summarise),
    ]

    static func write(_ aggregation: AggregatorConfiguration?) -> DocumentValue {
        guard let aggregation else { return .text("none") }
        let timings = timings.first { $0.1 == aggregation.timings }?.0 ?? ""
        return .table([
            .init("interval", .text(Nanoseconds(aggregation.interval).description)),
            .init("timings", .text(timings)),
            .init("metric_limit", .text(String(aggregation.metricLimit))),
            .init("stripe_count", .text(String(aggregation.stripeCount))),
            .init("member_limit", .text(String(aggregation.memberLimit))),
            .init("member_byte_limit", .text(String(aggregation.memberByteLimit))),
        ])
    }

    static func read(_ value: DocumentValue) throws(DocumentError) -> AggregatorConfiguration? {
        var aggregation = AggregatorConfiguration()
        if value == .text("none") { return nil }
        if value == .text("standard") { return aggregation }
        typealias Aggregation = AggregatorConfiguration
        try DocumentReader.fields(
            value, of: &aggregation,
            [
                ("interval", { (value, aggregation: inout Aggregation) throws(DocumentError) in
                    aggregation.interval = try DocumentReader.time(value).duration }),
                ("timings", { (value, aggregation: inout Aggregation) throws(DocumentError) in
                    aggregation.timings = try DocumentReader.choice(value, timings) }),
                ("metric_limit", { (value, aggregation: inout Aggregation) throws(DocumentError) in
                    aggregation.metricLimit = try DocumentReader.integer(value) }),
                ("stripe_count", { (value, aggregation: inout Aggregation) throws(DocumentError) in
                    aggregation.stripeCount = try DocumentReader.integer(value) }),
                ("member_limit", { (value, aggregation: inout Aggregation) throws(DocumentError) in
                    aggregation.memberLimit = try DocumentReader.integer(value) }),
                ("member_byte_limit", { (value, aggregation: inout Aggregation) throws(DocumentError) in
                    aggregation.memberByteLimit = try DocumentReader.integer(value) }),
            ])
        return aggregation
    }
}
