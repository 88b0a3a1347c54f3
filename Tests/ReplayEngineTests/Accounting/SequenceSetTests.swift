import ReplayEngine
import StatsModel
import Testing

@Suite("SequenceSet") struct SequenceSetTests {
    @Test("agrees with a set of numbers under random insertions and removals", arguments: 1...12 as ClosedRange<UInt64>)
    func model(seed: UInt64) {
        let random = KeyedRandom(seed: seed)
        var set = SequenceSet()
        var model: Set<UInt64> = []
        for step in 0..<600 as Range<UInt64> {
            let lower = random.draw(rule: 1, flow: 0, sequence: step) % 200
            let range = lower...lower + random.draw(rule: 2, flow: 0, sequence: step) % 12
            let before = model.count
            if random.draw(rule: 3, flow: 0, sequence: step) % 2 == 0 {
                model.formUnion(range)
                #expect(set.insert(range) == UInt64(model.count - before), "seed \(seed), step \(step)")
            } else {
                model.subtract(range)
                #expect(set.remove(range) == UInt64(before - model.count), "seed \(seed), step \(step)")
            }
            #expect(set.ranges.flatMap(Array.init) == model.sorted(), "seed \(seed), step \(step)")
            #expect(set.count == UInt64(model.count))
            #expect(set.contains(lower) == model.contains(lower))
            #expect(set.intersection(range).flatMap(Array.init) == range.filter(model.contains))
            // Ranges neither touch nor overlap: the same set always has the same form.
            for (one, next) in zip(set.ranges, set.ranges.dropFirst()) {
                #expect(one.upperBound + 1 < next.lowerBound, "seed \(seed), step \(step)")
            }
        }
    }

    @Test("the ends of the number line are ordinary numbers")
    func ends() {
        var set = SequenceSet()
        set.insert(UInt64.max...UInt64.max)
        set.insert(0...0)
        set.insert(UInt64.max - 1...UInt64.max - 1)
        #expect(set.ranges == [0...0, UInt64.max - 1...UInt64.max])
        set.remove(UInt64.max...UInt64.max)
        #expect(set.count == 2)
    }
}

@Suite("SequenceList") struct SequenceListTests {
    @Test("reads numbers and ranges in any order to sorted ranges", arguments: [
        ("3,17,40...60", [3...3, 17...17, 40...60]), ("60,3", [3...3, 60...60]), ("5-7,6...9", [5...9]),
        ("1, 2, 3", [1...3]),
    ] as [(String, [ClosedRange<UInt64>])])
    func reads(text: String, ranges: [ClosedRange<UInt64>]) throws {
        #expect(try SequenceList.parse(text) == ranges)
    }

    @Test("refuses what names no packet", arguments: ["", "0", "5...3", "a", "1,,2", "1...2...3", "-4", "99999999999999999999"])
    func refuses(text: String) {
        #expect(throws: UnitError.self) { try SequenceList.parse(text) }
    }
}
