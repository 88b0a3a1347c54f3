import PacketCapture
import StatsModel
import StatsWire

/// The senders in the order of first appearance. The table is bounded: one last row adds up all senders beyond the limit.
struct SourceTable: Sendable {
    struct Row: Sendable {
        /// The sender's address and port. nil for the row of all senders beyond the limit.
        var endpoint: Endpoint?
        var datagrams: UInt64 = 0
        var byteCount: UInt64 = 0
        var events = TypeCounts()
        var malformed: UInt64 = 0
        var checksumFailures: UInt64 = 0
        /// The dialect of the sender's text. nil until it sends text.
        var dialect: TextDialect?
        var first = Int64.max
        var last = Int64.min
    }

    let limit: Int
    private(set) var rows: [Row] = []
    private var positions: [Endpoint: Int] = [:]
    /// The rows of recent sources.
    private var recent = RecentEndpoints<Int>()

    init(limit: Int) {
        precondition(limit > 0, "a table of sources holds at least one")
        self.limit = limit
    }

    /// The row of this source, or ``limit`` for a source without a row of its own. O(1).
    mutating func position(of endpoint: Endpoint) -> Int {
        if let known = recent[endpoint] { return known }
        let position: Int
        if let known = positions[endpoint] {
            position = known
        } else if positions.count < limit {
            position = rows.count
            positions[endpoint] = position
            rows.append(Row(endpoint: endpoint))
        } else {
            position = limit
            if rows.count == limit { rows.append(Row()) }
        }
        recent[endpoint] = position
        return position
    }

    /// Records the dialect of a datagram of text. `fixed` is a dialect that the user chose, and `signs` are the datagram's own
    /// hints.
    mutating func record(_ position: Int, _ fixed: TextDialect?, _ signs: DialectSigns) {
        let isDatadog = rows[position].dialect == .dogstatsd || signs.contains(.datadog)
        rows[position].dialect = fixed ?? (isDatadog ? .dogstatsd : .statsd)
    }

    mutating func record(_ position: Int, byteCount: Int, events: TypeCounts, malformed: UInt64, failures: UInt64, at time: Int64) {
        rows[position].datagrams += 1
        rows[position].byteCount += UInt64(byteCount)
        rows[position].events += events
        rows[position].malformed += malformed
        rows[position].checksumFailures += failures
        rows[position].first = min(rows[position].first, time)
        rows[position].last = max(rows[position].last, time)
    }
}
