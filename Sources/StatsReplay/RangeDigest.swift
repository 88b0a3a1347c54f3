import StatsModel

/// An ascending stream of ranges, kept as its first few and a digest of the whole, so that memory stays bounded.
public struct RangeDigest: Sendable, Equatable {
    /// How many ranges are kept to be shown.
    public static let shown = 32

    public private(set) var first: [ClosedRange<UInt64>] = []
    /// How many ranges there are in all.
    public private(set) var rangeCount: UInt64 = 0
    private var state: UInt64 = 0
    private var open: ClosedRange<UInt64>?

    public init() {}

    /// Adds a number; adjacent numbers join to one range. Numbers must ascend.
    public mutating func append(_ number: UInt64) {
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
    public mutating func finish() {
        if let current = open { close(current) }
        open = nil
    }

    /// A digest of all ranges closed so far.
    public var digest: UInt64 { state }

    private mutating func close(_ range: ClosedRange<UInt64>) {
        rangeCount += 1
        if first.count < Self.shown { first.append(range) }
        state = KeyedRandom.mix(state ^ KeyedRandom.mix(range.lowerBound) &+ range.upperBound)
    }
}
