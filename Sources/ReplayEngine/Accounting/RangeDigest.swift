import StatsModel

/// An ascending stream of ranges. It keeps the first few ranges and a digest of all, so that memory stays bounded.
package struct RangeDigest: Sendable, Equatable {
    /// The number of ranges that are kept for display.
    package static let shown = 32

    package private(set) var first: [ClosedRange<UInt64>] = []
    /// The number of all ranges.
    package private(set) var rangeCount: UInt64 = 0
    private var state: UInt64 = 0
    private var open: ClosedRange<UInt64>?

    package init() {}

    /// Adds a number. Adjacent numbers form one range. Traps if numbers do not ascend.
    package mutating func append(_ number: UInt64) {
        if let current = open {
            precondition(number > current.upperBound, "a range digest takes ascending numbers")
            if number == current.upperBound + 1 {
                open = current.lowerBound...number
                return
            }
            close(current)
        }
        open = number...number
    }

    /// Ends the last range. Appending afterwards begins a new one.
    package mutating func finish() {
        if let current = open { close(current) }
        open = nil
    }

    /// A digest of all ranges closed so far.
    package var digest: UInt64 { state }

    private mutating func close(_ range: ClosedRange<UInt64>) {
        rangeCount += 1
        if first.count < Self.shown { first.append(range) }
        state = KeyedRandom.mix(state ^ KeyedRandom.mix(range.lowerBound) &+ range.upperBound)
    }
}
