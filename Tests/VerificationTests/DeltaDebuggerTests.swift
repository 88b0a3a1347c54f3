import StatsModel
import Testing

@testable import Verification

@Suite("DeltaDebugger") struct DeltaDebuggerTests {
    /// What is left of `count` elements, and every candidate that was tried on the way.
    static func minimize(_ count: Int, _ fails: (Set<Int>) -> Bool) -> (kept: [Int], tried: [[Int]]) {
        var debugger = DeltaDebugger(count: count)
        var tried: [[Int]] = []
        while let candidate = debugger.pollCandidate() {
            tried.append(candidate)
            debugger.handle(fails: fails(Set(candidate)))
        }
        return (debugger.kept, tried)
    }

    @Test("of a failure that needs certain elements just these are left", arguments: [
        (1, [0]), (2, [0]), (2, [1]), (2, [0, 1]), (3, [1]), (8, [0, 7]), (9, [2, 3, 8]), (100, [99]), (100, [0]),
        (1000, [500]), (1000, [3, 17, 400, 999]), (64, Array(0..<64)), (7, []), (1, []), (0, []), (33, Array(10..<20)),
    ] as [(Int, [Int])])
    func needed(count: Int, needed: [Int]) {
        let found = Self.minimize(count) { $0.isSuperset(of: needed) }
        #expect(found.kept == needed)
        #expect(found.tried.allSatisfy { $0 == $0.sorted() && Set($0).count == $0.count })
    }

    @Test("whatever fails, without any single element of what is left it does not", arguments: 1...60 as ClosedRange<UInt64>)
    func oneMinimal(seed: UInt64) {
        let random = KeyedRandom(seed: seed)
        let count = Int(random.draw(rule: 1, flow: 0, sequence: 0) % 40) + 1
        // A failure without any order in it: each set fails or not by a draw of its own; the whole one and a chosen kernel do.
        let share = Ratio(random.draw(rule: 2, flow: 0, sequence: 0) % 60, outOf: 100)
        let fails = { (set: Set<Int>) -> Bool in
            let key = set.sorted().reduce(UInt64(7)) { KeyedRandom.mix($0 ^ UInt64($1) &+ 1) }
            return set.count == count || (!set.isEmpty && random.chance(share, rule: 3, flow: 0, sequence: key))
        }
        let found = Self.minimize(count, fails)
        #expect(fails(Set(found.kept)), "seed \(seed): \(found.kept)")
        for element in found.kept {
            #expect(!fails(Set(found.kept).subtracting([element])), "seed \(seed): \(element) of \(found.kept) is not needed")
        }
        #expect(Self.minimize(count, fails).tried == found.tried, "seed \(seed)")
    }

    @Test("a failure of a few elements is found in about as many halvings", arguments: [
        (1024, [1023], 26), (1024, [0], 26), (1024, [512], 26), (100_000, [77_777], 42), (100_000, [5, 50_000, 99_999], 130),
    ] as [(Int, [Int], Int)])
    func effort(count: Int, needed: [Int], most: Int) {
        let found = Self.minimize(count) { $0.isSuperset(of: needed) }
        #expect(found.kept == needed)
        #expect(found.tried.count <= most, "\(found.tried.count) candidates")
    }

    @Test("at worst it takes the square of the elements, and a few")
    func worst() {
        // Only the last element left can go: every round takes away one.
        let found = Self.minimize(40) { set in set == Set(0..<set.count) && set.count >= 2 }
        #expect(found.kept == [0, 1])
        #expect(found.tried.count <= 40 * 40 + 40)
    }

    @Test("polling again without an answer gives the same candidate")
    func polling() {
        var debugger = DeltaDebugger(count: 10)
        #expect(debugger.pollCandidate() == [])
        #expect(debugger.pollCandidate() == [])
        debugger.handle(fails: false)
        #expect(debugger.pollCandidate() == [0, 1, 2, 3, 4])
        #expect(debugger.pollCandidate() == [0, 1, 2, 3, 4])
        #expect(debugger.kept == Array(0..<10))
        debugger.handle(fails: true)
        #expect(debugger.kept == [0, 1, 2, 3, 4])
    }
}
