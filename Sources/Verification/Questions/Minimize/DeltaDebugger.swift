/// Delta debugging as a machine: finds a smallest set of elements of which every one is needed for a failure.
///
/// Poll a candidate, try it, hand back whether it fails; when there is no further candidate, ``kept`` is *1-minimal*:
/// without any single one of its elements the failure is gone. It need not be the smallest of all sets, which would
/// take trying every subset.
///
/// This is ddmin (Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", IEEE TSE 28(2), 2002) in
/// the form that only takes chunks away: first nothing is kept at all, then halves are left out, then quarters, down to
/// single elements, from the end to the beginning, and single ones until a whole round took none away. Keeping a single
/// chunk, ddmin's other step, is the same as leaving out all others and is not needed for 1-minimality (Hodován and Kiss,
/// "Practical Improvements to the Minimizing Delta Debugging Algorithm", ICSOFT 2016).
///
/// With n elements of which k are needed it takes about `2 k log2(n / k)` candidates, and n² at worst, where every round
/// takes away one.
package struct DeltaDebugger: Sendable {
    /// What is still needed, as indices into what was given, ascending.
    package private(set) var kept: [Int]
    /// How many elements the next chunk has; 0: nothing at all was not tried yet.
    private var chunkSize = 0
    /// Where in ``kept`` the next chunk ends.
    private var end: Int
    /// Single elements in a row that turned out to be needed.
    private var needed = 0
    /// What the last candidate left out; nil where none is open.
    private var leftOut: Range<Int>?

    /// - Parameter count: how many elements there are; all of them together fail
    package init(count: Int) {
        precondition(count >= 0, "there is no negative number of elements")
        kept = Array(0..<count)
        end = count
    }

    /// The elements to try next, ascending; nil when every one of ``kept`` is needed. O(kept).
    ///
    /// Polling again without an answer gives the same candidate.
    package mutating func pollCandidate() -> [Int]? {
        if kept.isEmpty || (chunkSize == 1 && needed >= kept.count) { return nil }
        let chunk = nextChunk
        leftOut = chunk
        return Array(kept[..<chunk.lowerBound]) + Array(kept[chunk.upperBound...])
    }

    private var nextChunk: Range<Int> {
        chunkSize == 0 ? 0..<kept.count : max(0, end - chunkSize)..<end
    }

    /// Whether the candidate last polled fails too: then what it left out is gone for good.
    package mutating func handle(fails: Bool) {
        guard let chunk = leftOut else { preconditionFailure("an answer follows a candidate") }
        leftOut = nil
        if fails { kept.removeSubrange(chunk) }
        if chunkSize == 1 { needed = fails ? 0 : needed + 1 }
        if chunkSize == 0 {
            chunkSize = max(1, (kept.count + 1) / 2)
            end = kept.count
            // Of a single element it is already known that nothing at all does not do.
            if kept.count == 1 { needed = 1 }
            return
        }
        end = chunk.lowerBound
        if end == 0 {
            // A round is over. At single elements the next one begins again at the end.
            chunkSize = max(1, min(chunkSize / 2 + chunkSize % 2, (kept.count + 1) / 2))
            if chunkSize > 1 || needed < kept.count { end = kept.count }
        }
    }
}
