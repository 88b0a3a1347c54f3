package import StatsModel

/// Packet numbers as users write them: `3,17,40...60`.
package enum SequenceList {
    /// Reads numbers and closed ranges (`40...60` or `40-60`) in any order. Returns sorted, disjoint ranges.
    ///
    /// Errors: ``UnitError``, also for the number 0, since sequence numbers count from 1.
    package static func parse(_ text: String) throws(UnitError) -> [ClosedRange<UInt64>] {
        var set = SequenceSet()
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let trimmed = String(part.drop(while: { $0 == " " }).reversed().drop(while: { $0 == " " }).reversed())
            let separator = trimmed.contains("...") ? "..." : "-"
            let bounds = trimmed.split(separator: separator, omittingEmptySubsequences: false).map { UInt64($0) }
            guard bounds.count <= 2, let first = bounds.first ?? nil, let last = bounds.last ?? nil, first >= 1, first <= last
            else {
                throw UnitError(text: trimmed, expected: "a packet number or range such as 17 or 40...60; packets count from 1")
            }
            set.insert(first...last)
        }
        return set.ranges
    }
}
