import StatsModel

/// Copies in flight, ordered by (time, insertion): a binary heap of plain numbers. A push is O(1) for the latest arrival and
/// O(log n) otherwise. It allocates only while it grows.
struct FlightQueue: Sendable {
    struct Entry: Sendable {
        let time: UInt64
        let order: UInt64
        /// The slot of the copy's bytes in the pool.
        let slot: Int

        @inline(__always) func isBefore(_ other: Entry) -> Bool {
            time != other.time ? time < other.time : order < other.order
        }
    }

    private var heap: [Entry] = []
    private var insertions: UInt64 = 0

    var first: Entry? { heap.first }
    var count: Int { heap.count }

    mutating func push(_ slot: Int, at time: Instant) {
        let entry = Entry(time: time.nanoseconds, order: insertions, slot: slot)
        insertions += 1
        heap.append(entry)
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard entry.isBefore(heap[parent]) else { break }
            heap[child] = heap[parent]
            child = parent
        }
        heap[child] = entry
    }

    mutating func popFirst() -> Entry? {
        guard let first = heap.first, let last = heap.popLast() else { return nil }
        if heap.isEmpty { return first }
        var parent = 0
        while true {
            var child = 2 * parent + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, heap[child + 1].isBefore(heap[child]) { child += 1 }
            guard heap[child].isBefore(last) else { break }
            heap[parent] = heap[child]
            parent = child
        }
        heap[parent] = last
        return first
    }
}
