import StatsWire
import Testing
import TestSupport

/// Groups encoded and recovered, without packets around them.
enum ParityTrial {
    /// The coded bytes of each parity of these members.
    static func encode(_ members: [(sequence: UInt64, bytes: [UInt8])], parityCount: Int) -> [[UInt8]] {
        var rows = ParityRows(rowCount: parityCount, maximumSize: 1472)
        for member in members {
            for parity in 0..<parityCount {
                rows.mix(
                    datagram: member.bytes.span, times: ParityCode.factor(parity: parity, sequence: member.sequence), into: parity)
            }
        }
        return (0..<parityCount).map { parity in
            rows.withCoded(parity) { coded in (0..<coded.count).map { coded[$0] } }
        }
    }

    /// The missing members, recovered from the others and these parities. nil if one cannot be recovered.
    static func recover(
        _ members: [(sequence: UInt64, bytes: [UInt8])], missing: [Int], coded: [[UInt8]], using parities: [Int],
        with recovery: inout ParityRecovery
    ) -> [[UInt8]?] {
        recovery.begin()
        for parity in parities {
            let bytes = coded[parity]
            recovery.add(coded: bytes.span, parity: parity)
        }
        for (index, member) in members.enumerated() where !missing.contains(index) {
            recovery.add(member: member.bytes.span, sequence: member.sequence)
        }
        let sequences = missing.map { members[$0].sequence }
        guard recovery.solve(missing: sequences.span) else { return missing.map { _ in nil } }
        return missing.indices.map { index in
            recovery.withRecovered(index) { bytes in (0..<bytes.count).map { bytes[$0] } }
        }
    }

    static func members(_ count: Int, first: UInt64, stride: Int, _ draws: inout Draws, longest: Int = 120)
        -> [(sequence: UInt64, bytes: [UInt8])]
    {
        (0..<count).map { index in
            let bytes = (0..<draws.below(longest)).map { _ in UInt8(truncatingIfNeeded: draws.next()) }
            return (first + UInt64(index * stride), bytes)
        }
    }

    /// Every choice of `count` numbers below `bound`, each in rising order.
    static func choices(_ count: Int, of bound: Int) -> [[Int]] {
        if count == 0 { return [[]] }
        return (0..<bound).flatMap { last in choices(count - 1, of: last).map { $0 + [last] } }
    }
}

struct ParityCodeTests {
    @Test("parity 0 is the plain XOR, and no factor is zero")
    func factors() {
        for sequence in 1...600 as ClosedRange<UInt64> {
            #expect(ParityCode.factor(parity: 0, sequence: sequence) == 1)
            for parity in 0..<ParityCode.maximumParities {
                let factor = ParityCode.factor(parity: parity, sequence: sequence)
                #expect(factor != 0)
                #expect(factor == ParityCode.factor(parity: parity, sequence: sequence + 248))
            }
        }
    }

    @Test("any k of k + r give back the k: every choice of losses, for small groups", arguments: 1...4, 1...8)
    func exhaustive(_ parityCount: Int, _ memberCount: Int) {
        let seed = UInt64(parityCount * 100 + memberCount)
        var draws = Draws(seed: seed)
        var recovery = ParityRecovery(maximumSize: 1472)
        let members = ParityTrial.members(memberCount, first: 240, stride: 3, &draws, longest: 24)
        let coded = ParityTrial.encode(members, parityCount: parityCount)
        for count in 1...parityCount where count <= memberCount {
            for missing in ParityTrial.choices(count, of: memberCount) {
                for parities in ParityTrial.choices(count, of: parityCount) {
                    let recovered = ParityTrial.recover(
                        members, missing: missing, coded: coded, using: parities, with: &recovery)
                    #expect(recovered == missing.map { members[$0].bytes }, "lost \(missing), parities \(parities), seed \(seed)")
                }
            }
        }
    }

    @Test("large groups come back from any losses that parities make up for", arguments: 0..<150 as Range<UInt64>)
    func random(_ seed: UInt64) {
        var draws = Draws(seed: seed)
        var recovery = ParityRecovery(maximumSize: 1472)
        let memberCount = 1 + draws.below(ParityCode.maximumMembers)
        let parityCount = 1 + draws.below(ParityCode.maximumParities)
        let stride = memberCount == 1 ? 1 : 1 + draws.below(247 / (memberCount - 1))
        let members = ParityTrial.members(memberCount, first: 1 + draws.next() >> 3, stride: stride, &draws, longest: 1425)
        let coded = ParityTrial.encode(members, parityCount: parityCount)
        for _ in 0..<4 {
            let count = 1 + draws.below(min(memberCount, parityCount))
            let missing = Self.some(count, of: memberCount, &draws)
            let parities = Self.some(count, of: parityCount, &draws)
            let recovered = ParityTrial.recover(members, missing: missing, coded: coded, using: parities, with: &recovery)
            #expect(
                recovered == missing.map { members[$0].bytes },
                "k \(memberCount), r \(parityCount), stride \(stride), lost \(missing), parities \(parities), seed \(seed)")
        }
    }

    /// Some numbers below a bound, in no order.
    static func some(_ count: Int, of bound: Int, _ draws: inout Draws) -> [Int] {
        var all = Array(0..<bound)
        for index in 0..<count { all.swapAt(index, index + draws.below(bound - index)) }
        return Array(all.prefix(count))
    }

    @Test("two members of a group never share their factors: for each two parities, the quotients of 248 numbers differ")
    func pairs() {
        for parities in ParityTrial.choices(2, of: ParityCode.maximumParities) {
            let quotients = (1...248 as ClosedRange<UInt64>).map { sequence in
                GaloisField.quotient(
                    ParityCode.factor(parity: parities[1], sequence: sequence),
                    ParityCode.factor(parity: parities[0], sequence: sequence))
            }
            #expect(Set(quotients).count == 248, "parities \(parities)")
        }
    }

    static func isSolvable(_ sequences: [UInt64], _ parities: [Int]) -> Bool {
        ParitySolution(sequences: sequences.span, parities: parities.span) != nil
    }

    @Test("numbers that share their factors, or one parity twice, have no solution")
    func singular() {
        #expect(!Self.isSolvable([5, 253], [0, 1]))
        #expect(!Self.isSolvable([5, 6], [1, 1]))
        #expect(Self.isSolvable([5, 252], [0, 1]))
    }

    /// What comes out where one member is all there is and these are its coded bytes.
    static func alone(_ coded: [UInt8]) -> [UInt8]? {
        var recovery = ParityRecovery(maximumSize: 1472)
        recovery.begin()
        recovery.add(coded: coded.span, parity: 0)
        let sequences: [UInt64] = [3]
        guard recovery.solve(missing: sequences.span) else { return nil }
        return recovery.withRecovered(0) { bytes in (0..<bytes.count).map { bytes[$0] } }
    }

    @Test("what contradicts itself gives no datagram")
    func nonsense() {
        #expect(Self.alone([2, 0, 7, 8, 0]) == [7, 8])
        // A length beyond the bytes there are; bytes behind the length; no length at all.
        #expect(Self.alone([9, 0, 1, 2, 3]) == nil)
        #expect(Self.alone([1, 0, 7, 7, 0]) == nil)
        #expect(Self.alone([1]) == nil)
    }

    @Test("two groups' parities add up to those of both as one")
    func joined() {
        var draws = Draws(seed: 7)
        let all = ParityTrial.members(10, first: 90, stride: 1, &draws)
        let even = ParityTrial.encode(all.filter { $0.sequence % 2 == 0 }, parityCount: 3)
        let odd = ParityTrial.encode(all.filter { $0.sequence % 2 == 1 }, parityCount: 3)
        let both = ParityTrial.encode(all, parityCount: 3)
        for parity in 0..<3 {
            let length = max(even[parity].count, odd[parity].count)
            let sum = (0..<length).map { index in
                (index < even[parity].count ? even[parity][index] : 0) ^ (index < odd[parity].count ? odd[parity][index] : 0)
            }
            #expect(sum == both[parity])
        }
    }
}
