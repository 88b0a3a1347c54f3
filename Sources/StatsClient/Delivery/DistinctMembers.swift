import StatsModel
import Synchronization

/// Tells the first sight of a set's member in an interval from its repetitions, so that each is sent once.
///
/// Members are compared by their bytes, never by a hash alone. Bounded: what no longer fits counts as first sight,
/// so it is sent, perhaps more than once, which a set does not mind; nothing is lost.
final class DistinctMembers: Sendable {
    private let seen: Mutex<StringInterner>

    init(limit: Int, byteLimit: Int) {
        seen = Mutex(StringInterner(limit: limit, byteLimit: byteLimit))
    }

    /// Whether the member is to be sent. O(its bytes); takes a lock.
    func isNew(_ metric: MetricID, _ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        seen.withLock { seen in
            switch seen.intern(bytes, range, scope: metric.rawValue) {
            case .known: false
            case .added, .refused: true
            }
        }
    }

    /// How many members found no room since the beginning.
    var overflow: UInt64 { seen.withLock { $0.refused } }

    /// Begins a new interval.
    func removeAll() { seen.withLock { $0.removeAll() } }
}
