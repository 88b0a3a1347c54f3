import Synchronization

/// Counts values that are no valid measurement.
final class RefusedValues: Sendable {
    private let total = Atomic<UInt64>(0)

    var count: UInt64 { total.load(ordering: .relaxed) }

    func add() { total.add(1, ordering: .relaxed) }
}
