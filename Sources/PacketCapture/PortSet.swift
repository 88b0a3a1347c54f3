package import StatsModel

/// A set of wanted UDP ports, as sorted, disjoint, closed ranges.
package struct PortSet: Sendable, Equatable {
    /// The ranges, sorted, without overlaps or adjacent ranges.
    package let ranges: [ClosedRange<UInt16>]
    /// The StatsD port alone.
    package static let standard = PortSet([8125...8125])

    /// Sorts the ranges and joins those that overlap or touch. O(n log n).
    package init(_ ranges: [ClosedRange<UInt16>]) {
        var joined: [ClosedRange<UInt16>] = []
        for range in ranges.sorted(by: { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }) {
            guard let last = joined.last, Int(range.lowerBound) <= Int(last.upperBound) + 1 else {
                joined.append(range)
                continue
            }
            joined[joined.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
        }
        self.ranges = joined
    }

    /// Reads `8125`, `8125,9125`, `8000-8999` and mixtures. Ports are 1 to 65535.
    ///
    /// Errors: ``UnitError`` naming the text that is no port. An empty list of texts gives an empty set.
    package init(parsing texts: [String]) throws(UnitError) {
        var ranges: [ClosedRange<UInt16>] = []
        for text in texts {
            for part in text.split(separator: ",", omittingEmptySubsequences: false) {
                guard let range = Self.range(part) else {
                    throw UnitError(
                        text: text, expected: "a port from 1 to 65535, a range such as 8000-8999, or a list of them")
                }
                ranges.append(range)
            }
        }
        self.init(ranges)
    }

    /// Whether the port is in one of the ranges. O(number of ranges), which is a handful.
    package func contains(_ port: UInt16) -> Bool {
        for range in ranges where range.contains(port) { return true }
        return false
    }

    private static func range(_ text: Substring) -> ClosedRange<UInt16>? {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map(port)
        switch ends.count {
        case 1: return ends[0].map { $0...$0 }
        case 2:
            guard let first = ends[0], let last = ends[1], first <= last else { return nil }
            return first...last
        default: return nil
        }
    }

    /// Accepts digits only: `UInt16("+80")` would accept a sign.
    private static func port(_ text: Substring) -> UInt16? {
        let digits = text.drop(while: { $0 == " " }).reversed().drop(while: { $0 == " " }).reversed()
        guard !digits.isEmpty, digits.allSatisfy({ ("0"..."9").contains($0) }) else { return nil }
        return UInt16(String(digits)).flatMap { $0 == 0 ? nil : $0 }
    }
}

extension PortSet: CustomStringConvertible {
    /// The text in the form that ``init(parsing:)`` reads: `8125,9000-9100`.
    package var description: String {
        ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
            .joined(separator: ",")
    }
}
