import StatsModel
import Synchronization

/// The distinct members of sets in one interval with the number of their events, so that each member is sent once.
///
/// Members are compared by their bytes, and never by a hash alone. Bounded: a member without room is not kept, and its event must
/// be sent by itself, so that nothing is lost. There are two intervals: one that grows, and one that is being sent.
final class DistinctMembers: Sendable {
    private struct Interval {
        var seen: StringInterner
        var metrics: [MetricID] = []
        var counts: [UInt64] = []

        init(limit: Int, byteLimit: Int) {
            seen = StringInterner(limit: limit, byteLimit: byteLimit)
            metrics.reserveCapacity(limit)
            counts.reserveCapacity(limit)
        }

        mutating func removeAll() {
            seen.removeAll()
            metrics.removeAll(keepingCapacity: true)
            counts.removeAll(keepingCapacity: true)
        }
    }

    private struct State {
        var growing: Interval
        var flushed: Interval
    }

    private let state: Mutex<State>

    init(limit: Int, byteLimit: Int) {
        state = Mutex(
            State(
                growing: Interval(limit: limit, byteLimit: byteLimit),
                flushed: Interval(limit: limit, byteLimit: byteLimit)))
    }

    /// Keeps the member, or counts it if it is already kept. Returns false if there is no room. O(its bytes), takes a lock.
    func record(_ metric: MetricID, _ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        state.withLock { state in
            switch state.growing.seen.intern(bytes, range, scope: metric.rawValue) {
            case .known(let number):
                state.growing.counts[Int(number)] += 1
                return true
            case .added:
                state.growing.metrics.append(metric)
                state.growing.counts.append(1)
                return true
            case .refused:
                return false
            }
        }
    }

    /// Begins a new interval. Returns the number of members in the last one, which stay readable until the next call.
    func beginFlush() -> Int {
        state.withLock { state in
            swap(&state.growing, &state.flushed)
            state.growing.removeAll()
            return state.flushed.counts.count
        }
    }

    /// A member of the ended interval, in the order of first appearance.
    func withFlushed<Result>(_ number: Int, _ body: (MetricID, UInt64, Span<UInt8>) -> Result) -> Result {
        var result: Result?
        state.withLock { state in
            let (metric, count) = (state.flushed.metrics[number], state.flushed.counts[number])
            state.flushed.seen.withBytes(of: UInt32(number)) { result = body(metric, count, $0) }
        }
        guard let result else { preconditionFailure("a member is shown once") }
        return result
    }
}
