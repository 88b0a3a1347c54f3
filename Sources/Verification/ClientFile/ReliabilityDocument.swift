import StatsModel
import StatsPipeline

/// Reliability in a client's document: `none`, `standard`, or a table of the differences from the standard reliability.
enum ReliabilityDocument {
    static func write(_ reliability: ReliabilityConfiguration?) -> DocumentValue {
        guard let reliability else { return .text("none") }
        return .table([
            .init("critical_capacity", .text(String(reliability.criticalCapacity))),
            .init("history_capacity", .text(String(reliability.historyCapacity))),
            .init("running_total_capacity", .text(String(reliability.runningTotalCapacity))),
            .init("running_total_interval", .text(Nanoseconds(reliability.runningTotalInterval).description)),
            .init("shortest_timeout", .text(Nanoseconds(reliability.shortestTimeout).description)),
            .init("longest_timeout", .text(Nanoseconds(reliability.longestTimeout).description)),
            .init("retransmission_limit", .text(String(reliability.retransmissionLimit))),
            .init("retransmission_percent", .text(String(reliability.retransmissionPercent))),
            .init("retransmission_floor", .text(String(reliability.retransmissionFloor))),
            .init("linger_limit", .text(Nanoseconds(reliability.lingerLimit).description)),
            .init("unanswered_limit", .text(Nanoseconds(reliability.unansweredLimit).description)),
        ])
    }

    static func read(_ value: DocumentValue) throws(DocumentError) -> ReliabilityConfiguration? {
        var reliability = ReliabilityConfiguration()
        if value == .text("none") { return nil }
        if value == .text("standard") { return reliability }
        typealias Reliability = ReliabilityConfiguration
        try DocumentReader.fields(
            value, of: &reliability,
            [
                ("critical_capacity", { (value, reliability: inout Reliability) throws(DocumentError) in
                    reliability.criticalCapacity = try DocumentReader.integer(value) }),
                ("history_capacity", { (value, reliability: inout Reliability) throws(DocumentError) in
                    reliability.historyCapacity = try DocumentReader.integer(value) }),
                ("running_total_capacity", { (value, reliability: inout Reliability) throws(DocumentError) in
                    reliability.runningTotalCapacity = try DocumentReader.integer(value) }),
                ("running_total_interval", { (value, reliability: inout Reliability) throws(DocumentError) in
                    reliability.runningTotalInterval = try DocumentReader.time(value).duration }),
                ("shortest_timeout", { (value, reliability: inout Reliability) throws(DocumentError) in
                    reliability.shortestTimeout = try DocumentReader.time(value).duration }),
                ("longest_timeout", { (value, reliability: inout Reliability) throws(DocumentError) in
                    reliability.longestTimeout = try DocumentReader.time(value).duration }),
                ("retransmission_limit", { (value, reliability: inout Reliability) throws(DocumentError) in
                    reliability.retransmissionLimit = try DocumentReader.integer(value) }),
                ("retransmission_percent", { (value, reliability: inout Reliability) throws(DocumentError) in
                    reliability.retransmissionPercent = try DocumentReader.integer(value) }),
                ("retransmission_floor", { (value, reliability: inout Reliability) throws(DocumentError) in
                    reliability.retransmissionFloor = try DocumentReader.integer(value) }),
                ("linger_limit", { (value, reliability: inout Reliability) throws(DocumentError) in
                    reliability.lingerLimit = try DocumentReader.time(value).duration }),
                ("unanswered_limit", { (value, reliability: inout Reliability) throws(DocumentError) in
                    reliability.unansweredLimit = try DocumentReader.time(value).duration }),
            ])
        return reliability
    }
}
