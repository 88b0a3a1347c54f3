/// Delta debugging as a machine. It finds a minimal set of elements that still causes a failure.
///
/// Poll a candidate, try it, and report whether it fails. When there is no further candidate, ``kept`` is *1-minimal*: without
/// any single one of its elements the failure is gone. A smaller failing set may still exist. Finding it would take trying every
/// subset.
///
/// This is ddmin (Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", IEEE TSE 28(2), 2002) in the form
/// that only removes chunks. It first tries the empty set, then leaves out halves, then quarters, down to single elements, from
/// the end to the beginning. Single elements are tried until a whole round removes none. ddmin's other step, keeping a single
/// chunk, equals leaving out all others and is not needed for 1-minimality (Hodován and Kiss, "Practical Improvements to the
/// Minimizing Delta Debugging Algorithm", ICSOFT 2016).
///
/// With n elements of which k are needed it takes about `2 k log2(n / k)` candidates. The worst case is n², if every round
/// removes one element.
package struct DeltaDebugger: Sendable {
    /// The elements that are still needed, as ascending indices into the original elements.
    package private(set) var kept: [Int]
    /// The number of elements in the next chunk. 0 means that the empty set was not tried yet.
    private var chunkSize = 0
    /// The index in ``kept`` at which the next chunk ends.
    private var end: Int
    /// The number of single elements in a row that turned out to be needed.
    private var needed = 0
    /// The chunk that the last candidate left out. nil if no candidate is waiting for its answer.
    private var leftOut: Range<Int>?

    /// - Parameter count: the number of elements, which fail all together
    package init(count: Int) {
        precondition(count >= 0, "there is no negative number of elements")
        kept = Array(0..<count)
        end = count
    }

    /// The elements to try next, ascending. nil when every element of ``kept`` is needed. O(kept).
    ///
    /// Polling again before an answer returns the same candidate.
    package mutating func pollCandidate() -> [Int]? {
        if kept.isEmpty || (chunkSize == 1 && needed >= kept.count) { return nil }
        let chunk = nextChunk
        leftOut = chunk
        return Array(kept[..<chunk.lowerBound]) + Array(kept[chunk.upperBound...])
    }

    private var nextChunk: Range<Int> {
        chunkSize == 0 ? 0..<kept.count : max(0, end - chunkSize)..<end
    }

    /// Reports whether the last polled candidate fails too. If it does, the elements that it left out are removed for good.
    package mutating func handle(fails: Bool) {
        guard let chunk = leftOut else { preconditionFailure("an answer follows a candidate") }
        leftOut = nil
        if fails { kept.removeSubrange(chunk) }
        if chunkSize == 1 { needed = fails ? 0 : needed + 1 }
        if chunkSize == 0 {
            chunkSize = max(1, (kept.count + 1) / 2)
            end = kept.count
            // Leaving out the last element would give the empty set, which is already known not to fail.
            if kept.count == 1 { needed = 1 }
            return
        }
        end = chunk.lowerBound
        if end == 0 {
            // The round is over. At single elements the next round begins again at the end.
            chunkSize = max(1, min(chunkSize / 2 + chunkSize % 2, (kept.count + 1) / 2))
            if chunkSize > 1 || needed < kept.count { end = kept.count }
        }
    }
}
