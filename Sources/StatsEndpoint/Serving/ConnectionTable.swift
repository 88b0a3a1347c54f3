/// The open connections, and the choice of the connection to close when a new one comes and the table is full or no file
/// descriptor is free.
///
/// The connection that has waited longest for its client is closed: first idle ones, then those in the middle of a request,
/// then those whose client does not receive its answer. A connection that takes a profile stays. So silent connections never
/// keep an operator out.
struct ConnectionTable {
    /// The event that a connection waits for, in the order in which connections are closed.
    enum Stage: Int, Comparable {
        case idle
        case receiving
        case sending
        case profiling

        static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
    }

    enum Admission: Equatable {
        case admitted
        /// Admitted in place of the connection with this number, which the caller must close.
        case replaces(Int)
        /// Every connection takes a profile.
        case refused
    }

    private struct Entry {
        var stage: Stage
        /// The number of stage changes at the last change. A lower number is longer ago.
        var since: UInt64
    }

    let limit: Int
    private var entries: [Int: Entry] = [:]
    private var changes: UInt64 = 0

    /// - Parameter limit: the most connections, above zero
    init(limit: Int) {
        precondition(limit > 0, "a server has a place for a connection")
        self.limit = limit
    }

    var count: Int { entries.count }

    /// O(connections) if the table is full, else O(1).
    mutating func admit(_ id: Int) -> Admission {
        var admission = Admission.admitted
        if entries.count >= limit {
            guard let last = giveWay() else { return .refused }
            admission = .replaces(last)
        }
        changes += 1
        entries[id] = Entry(stage: .idle, since: changes)
        return admission
    }

    /// Whether there is a connection that may be closed.
    var canGiveWay: Bool { entries.values.contains { $0.stage < .profiling } }

    /// Removes and returns the connection to close. nil if all take profiles, or there is none. O(connections).
    mutating func giveWay() -> Int? {
        // Stamps are unique, so the dictionary's order does not matter.
        let last = entries.filter { $0.value.stage < .profiling }
            .min { ($0.value.stage, $0.value.since) < ($1.value.stage, $1.value.since) }
        guard let last else { return nil }
        entries[last.key] = nil
        return last.key
    }

    /// Ignores unknown numbers, such as those of replaced connections.
    mutating func move(_ id: Int, to stage: Stage) {
        guard entries[id] != nil else { return }
        changes += 1
        entries[id] = Entry(stage: stage, since: changes)
    }

    mutating func remove(_ id: Int) { entries[id] = nil }
}
