import StatsModel

/// Selects the IP fragments that belong to the capture: those of datagrams whose first fragment matches the filter.
///
/// Fragments that come before their first fragment are held back, in bounded memory and for a bounded time. Fragments given up
/// are counted. This is a pure machine: the caller says whether a fragment matches, and the machine decides what happens to it.
struct FragmentSelector {
    enum Decision: Equatable {
        case keep
        case leaveOut
        /// Keep it. These earlier fragments belong to it, oldest first, and are kept too.
        case keepAfter([Held])
        /// It is held back until its first fragment comes.
        case held
    }

    struct Held: Equatable {
        var timestamp: Int64
        var originalCount: UInt32
        var bytes: [UInt8]
    }

    private enum Datagram {
        case matched, unmatched
        case waiting([Held])
    }

    private struct Entry {
        var datagram: Datagram
        var since: Instant
    }

    /// How long a datagram is remembered. Identifications repeat, so it is less than the 30 s of reassembly.
    static let memory = Nanoseconds.seconds(2)
    static let maximumDatagrams = 4096
    static let maximumHeldBytes = 4 << 20

    /// Fragments left out of datagrams that do not match. The second counter is for those whose first fragment never came.
    private(set) var unmatchedCount: UInt64 = 0
    private(set) var orphanCount: UInt64 = 0

    private var entries: [FragmentOwner: Entry] = [:]
    /// Keys in the order they first appeared. Those before `oldest` are forgotten.
    private var order: [FragmentOwner] = []
    private var oldest = 0
    private var heldBytes = 0

    /// - Parameters:
    ///   - isFirst: whether the fragment's offset is zero
    ///   - matches: whether the filter matches the fragment as it stands
    ///   - held: makes the copy to hold back, if one is needed
    mutating func handle(
        _ key: FragmentOwner, isFirst: Bool, matches: Bool, at now: Instant, held: () -> Held
    ) -> Decision {
        forget(until: now)
        if isFirst { return handleFirst(key, matches: matches, at: now) }
        // A filter that matches later fragments by itself, as `host` does, needs no first fragment.
        if matches { return .keep }
        switch entries[key]?.datagram {
        case .matched: return .keep
        case .unmatched:
            unmatchedCount += 1
            return .leaveOut
        case .waiting(let earlier): return hold(key, earlier, held())
        case nil:
            remember(key, .waiting([]), at: now)
            return hold(key, [], held())
        }
    }

    private mutating func handleFirst(_ key: FragmentOwner, matches: Bool, at now: Instant) -> Decision {
        var waiting: [Held] = []
        if case .waiting(let earlier) = entries[key]?.datagram {
            waiting = earlier
            heldBytes -= waiting.reduce(0) { $0 + $1.bytes.count }
        }
        remember(key, matches ? .matched : .unmatched, at: now)
        if matches { return waiting.isEmpty ? .keep : .keepAfter(waiting) }
        unmatchedCount += UInt64(waiting.count) + 1
        return .leaveOut
    }

    private mutating func hold(_ key: FragmentOwner, _ earlier: [Held], _ fragment: Held) -> Decision {
        guard heldBytes + fragment.bytes.count <= Self.maximumHeldBytes else {
            orphanCount += 1
            return .leaveOut
        }
        heldBytes += fragment.bytes.count
        entries[key]?.datagram = .waiting(earlier + [fragment])
        return .held
    }

    /// Stores a datagram's state. Its time starts when it first appears.
    private mutating func remember(_ key: FragmentOwner, _ datagram: Datagram, at now: Instant) {
        if entries[key] != nil {
            entries[key]?.datagram = datagram
            return
        }
        if entries.count >= Self.maximumDatagrams { forgetOldest() }
        entries[key] = Entry(datagram: datagram, since: now)
        order.append(key)
    }

    private mutating func forget(until now: Instant) {
        while oldest < order.count, let entry = entries[order[oldest]], entry.since + Self.memory <= now {
            forgetOldest()
        }
    }

    private mutating func forgetOldest() {
        guard oldest < order.count else { return }
        if case .waiting(let held) = entries.removeValue(forKey: order[oldest])?.datagram {
            orphanCount += UInt64(held.count)
            heldBytes -= held.reduce(0) { $0 + $1.bytes.count }
        }
        oldest += 1
        // The forgotten front is removed when it is half of the list: O(1) per key.
        if oldest * 2 > order.count {
            order.removeFirst(oldest)
            oldest = 0
        }
    }

    /// Ends the capture. The fragments that still wait have no first fragment, and are counted.
    mutating func finish() {
        while oldest < order.count { forgetOldest() }
    }
}
