import StatsClient

/// A handler that a table shares among all users of the same metric.
protocol SharedHandler: AnyObject, Sendable {
    var key: MetricKey { get }
}

/// The handlers of one kind, by metric, with the number of objects that hold each.
final class HandlerTable<Handler: SharedHandler>: Sendable {
    private struct Entry {
        let handler: Handler
        var holders: Int
    }

    private let entries = ForkSafeMutex<[MetricKey: Entry]>([:])
    private let limit: Int

    /// - Parameter limit: the most entries; a metric beyond them gets a handler that is not shared
    init(limit: Int) { self.limit = limit }

    /// Returns the handler of the metric, and makes it if there is none. O(length of the key).
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

    /// Removes one holder, and the entry with its last holder. A handler that is not in the table is ignored.
    func release(_ handler: Handler) {
        entries.withLock { entries in
            guard let entry = entries[handler.key], entry.handler === handler else { return }
            entries[handler.key] = entry.holders > 1 ? Entry(handler: handler, holders: entry.holders - 1) : nil
        }
    }

    var count: Int { entries.withLock { $0.count } }
}
