/// Which connections are open, and which of them gives way to a new one when all places are taken, or when there is no file
/// descriptor for it.
///
/// The one that gives way has waited longest for its client: first those between two requests, then those in the middle of
/// a request, then those whose client does not take its answer. A connection whose profile is being taken stays. So
/// connections that say nothing never keep an operator out.
struct ConnectionTable {
    /// What a connection waits for, in the order in which connections give way.
    enum Stage: Int, Comparable {
        case idle
        case receiving
        case sending
        case profiling

        static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
    }

    enum Admission: Equatable {
        case admitted
        /// Admitted in the place of this one, which is to be closed.
        case replaces(Int)
        /// Every place is taken by a profile.
        case refused
    }

    private struct Entry {
        var stage: Stage
        /// Counts changes of stage, so lower is longer ago.
        var since: UInt64
    }

    let limit: Int
    private var entries: [Int: Entry] = [:]
    private var changes: UInt64 = 0

    /// - Parameter limit: connections at most, above zero
    init(limit: Int) {
        precondition(limit > 0, "a server has a place for a connection")
        self.limit = limit
    }

    var count: Int { entries.count }

    /// O(connections) where all places are taken, else O(1).
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

    /// Whether a connection would give way.
    var canGiveWay: Bool { entries.values.contains { $0.stage < .profiling } }

    /// Removes the connection that gives way, which is to be closed; nil where every one takes a profile, or there is none.
    /// O(connections).
    mutating func giveWay() -> Int? {
        // Stamps differ, so the order of the dictionary decides nothing.
        let last = entries.filter { $0.value.stage < .profiling }
            .min { ($0.value.stage, $0.value.since) < ($1.value.stage, $1.value.since) }
        guard let last else { return nil }
        entries[last.key] = nil
        return last.key
    }

    /// Unknown numbers, such as those of replaced connections, are ignored.
    mutating func move(_ id: Int, to stage: Stage) {
        guard entries[id] != nil else { return }
        changes += 1
        entries[id] = Entry(stage: stage, since: changes)
    }

    mutating func remove(_ id: Int) { entries[id] = nil }
}
