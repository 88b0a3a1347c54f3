package import StatsModel

/// The seeds of many runs, as users write them: `1..200`.
package struct SeedRange: Sendable, Equatable {
    /// The largest number of seeds. Their runs take longer than users wait, and their results still fit into memory.
    package static let limit: UInt64 = 1_000_000

    package let seeds: ClosedRange<UInt64>

    /// Traps if there are more seeds than ``limit``.
    package init(_ seeds: ClosedRange<UInt64>) {
        precondition(seeds.upperBound - seeds.lowerBound < Self.limit, "at most \(Self.limit) seeds")
        self.seeds = seeds
    }

    /// Reads `1..200`, `1...200`, `1-200`, or one number N, which stands for the seeds 1 to N.
    ///
    /// Errors: ``UnitError`` for any other text, an empty range, or more than ``limit`` seeds.
    package init(parsing text: String) throws(UnitError) {
        let expected = "a range of seeds such as 1..200 (at most \(Self.limit) of them)"
        let parts = text.replacing("...", with: "-").replacing("..", with: "-").split(
            separator: "-", omittingEmptySubsequences: false
        ).map { UInt64($0) }
        guard (1...2).contains(parts.count), let last = parts.last ?? nil, let given = parts.first ?? nil else {
            throw UnitError(text: text, expected: expected)
        }
        let first = parts.count == 1 ? 1 : given
        guard first <= last, last - first < Self.limit else { throw UnitError(text: text, expected: expected) }
        self.init(first...last)
    }

    package var count: Int { Int(seeds.upperBound - seeds.lowerBound) + 1 }

    /// The seed at this index, counted from 0.
    subscript(index: Int) -> UInt64 { seeds.lowerBound + UInt64(index) }
}

extension SeedRange: CustomStringConvertible {
    package var description: String { "\(seeds.lowerBound)..\(seeds.upperBound)" }
}
