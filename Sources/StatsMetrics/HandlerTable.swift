import StatsClient

/// A handler that a table shares among all who ask for the same metric.
protocol SharedHandler: AnyObject, Sendable {
    var key: MetricKey { get }
}

/// The handlers of one kind, by metric, and how many objects hold each.
final class HandlerTable<Handler: SharedHandler>: Sendable {
    private struct Entry {
        let handler: Handler
        var holders: Int
    }

    private let entries = ForkSafeMutex<[MetricKey: Entry]>([:])
    private let limit: Int

    /// - Parameter limit: entries at most; a metric beyond them gets a handler that nobody shares
    init(limit: Int) { self.limit = limit }

    /// The handler of that metric, made where there is none. O(length of the key).
    func handler(for key: MetricKey, make: (MetricKey) -> Handler) -> Handler {
        entries.withLock { entries in
            if let entry = entries[key] {
                entries[key] = Entry(handler: entry.handler, holders: entry.holders + 1)
                return entry.handler
            }
            let handler = make(key)
            if entries.count < limit { entries[key] = Entry(handler: handler, holders: 1) }
            return handler
        }
    }

    /// One holder less; the last one takes the entry along. A handler that is not in the table is left alone.
    func release(_ handler: Handler) {
        entries.withLock { entries in
            guard let entry = entries[handler.key], entry.handler === handler else { return }
            entries[handler.key] = entry.holders > 1 ? Entry(handler: handler, holders: entry.holders - 1) : nil
        }
    }

    var count: Int { entries.withLock { $0.count } }
}
