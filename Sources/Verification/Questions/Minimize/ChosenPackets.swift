import ReplayEngine

/// Data packets that a scenario names by their sequence numbers.
struct ChosenPackets: Equatable {
    /// The numbers, ascending, without repetition.
    var numbers: [UInt64]

    /// - Parameter ranges: sorted and disjoint
    /// - Parameter last: the highest number that is sent; higher numbers are left out
    init(_ ranges: [ClosedRange<UInt64>], upTo last: UInt64 = .max) {
        numbers = ranges.filter { $0.lowerBound <= last }.flatMap { Array($0.lowerBound...min($0.upperBound, last)) }
    }

    init(numbers: [UInt64]) { self.numbers = numbers }

    /// The numbers as ranges: sorted, disjoint, with neighbours joined.
    var ranges: [ClosedRange<UInt64>] {
        var set = SequenceSet()
        for number in numbers { set.insert(number...number) }
        return set.ranges
    }

    /// The same packets with every number above `place` lowered by `distance`. A number that would end at `place` or below it is
    /// dropped.
    func moved(behind place: UInt64, down distance: UInt64) -> ChosenPackets {
        ChosenPackets(
            numbers: numbers.compactMap { number in
                if number <= place { return number }
                return number - place > distance ? number - distance : nil
            })
    }
}
