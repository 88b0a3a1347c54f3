import ReplayEngine

/// Numbers of data packets that a scenario names, one by one.
struct ChosenPackets: Equatable {
    /// Ascending, each once.
    var numbers: [UInt64]

    /// - Parameter ranges: sorted and disjoint
    /// - Parameter last: higher numbers are left out; nobody sends them
    init(_ ranges: [ClosedRange<UInt64>], upTo last: UInt64 = .max) {
        numbers = ranges.filter { $0.lowerBound <= last }.flatMap { Array($0.lowerBound...min($0.upperBound, last)) }
    }

    init(numbers: [UInt64]) { self.numbers = numbers }

    /// Sorted, disjoint, neighbours joined.
    var ranges: [ClosedRange<UInt64>] {
        var set = SequenceSet()
        for number in numbers { set.insert(number...number) }
        return set.ranges
    }

    /// Those behind `place` lowered by `distance`; what would come to lie at it or before it is gone.
    func moved(behind place: UInt64, down distance: UInt64) -> ChosenPackets {
        ChosenPackets(
            numbers: numbers.compactMap { number in
                if number <= place { return number }
                return number - place > distance ? number - distance : nil
            })
    }
}
