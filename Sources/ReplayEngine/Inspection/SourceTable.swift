import PacketCapture
import StatsModel
import StatsWire

/// Who sent, in the order of first sight; bounded: what is beyond the limit is added up in one last row.
struct SourceTable: Sendable {
    struct Row: Sendable {
        /// nil for the row of all sources beyond the limit.
        var endpoint: Endpoint?
        var datagrams: UInt64 = 0
        var byteCount: UInt64 = 0
        var events = TypeCounts()
        var malformed: UInt64 = 0
        var checksumFailures: UInt64 = 0
        /// What its text is read as; nil while it sent none.
        var dialect: TextDialect?
        var first = Int64.max
        var last = Int64.min
    }

    let limit: Int
    private(set) var rows: [Row] = []
    private var positions: [Endpoint: Int] = [:]
    /// Most datagrams come from the source of the one before.
    private var latest: (endpoint: Endpoint, position: Int)?

    init(limit: Int) {
        precondition(limit > 0, "a table of sources holds at least one")
        self.limit = limit
    }

    var isFull: Bool { rows.count > limit }

    /// The row of this source; ``limit`` for all that found no row of their own. O(1).
    mutating func position(of endpoint: Endpoint) -> Int {
        if let latest, latest.endpoint == endpoint { return latest.position }
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
        latest = (endpoint, position)
        return position
    }

    /// A datagram of text came, and said this of its dialect; `fixed` is what somebody else decided.
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
