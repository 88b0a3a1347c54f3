/// Keys of fragmented datagrams, in the order of their first fragments.
struct ArrivalQueue {
    struct Entry {
        var key: FragmentKey
        var serial: UInt64
    }

    private var entries: [Entry] = []
    private var head = 0

    var count: Int { entries.count - head }
    var first: Entry? { head < entries.count ? entries[head] : nil }

    mutating func append(_ key: FragmentKey, serial: UInt64) { entries.append(Entry(key: key, serial: serial)) }

    /// O(1) amortised: entries already removed are cleared away once they are half of all.
    mutating func removeFirst() {
        head += 1
        if head > 64, head * 2 > entries.count {
            entries.removeFirst(head)
            head = 0
        }
    }

    /// O(n).
    mutating func removeAll(where isGone: (Entry) -> Bool) {
        entries = entries[head...].filter { !isGone($0) }
        head = 0
    }
}
