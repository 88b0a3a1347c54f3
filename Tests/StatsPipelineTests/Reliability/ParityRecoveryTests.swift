import StatsModel
import StatsPipeline
import StatsReceiver
import StatsWire
import Testing

/// The encoder and the decoder together, over a wire that loses.
struct ParityRecoveryTests {
    static func configuration(_ k: Int, _ r: Int, _ d: Int) -> ParityConfiguration {
        ParityConfiguration(groupSize: k, parityCount: r, interleave: d)
    }

    /// Every choice of at most `count` numbers below `bound`.
    static func choices(upTo count: Int, of bound: Int) -> [[Int]] {
        if count == 0 { return [[]] }
        return [[]] + (0..<bound).flatMap { last in choices(upTo: count - 1, of: last).map { $0 + [last] } }
    }

    @Test("whatever r of k + r packets are lost, no data is: every choice, data or parity", arguments: [
        (1, 1), (2, 1), (8, 1), (1, 2), (4, 2), (8, 2), (3, 3), (6, 3), (4, 4), (2, 8),
    ])
    func exhaustive(_ k: Int, _ r: Int) throws {
        let trip = try ParityTrip(Self.configuration(k, r, 1), count: k, seed: UInt64(k * 10 + r), maximumPacketSize: 140)
        #expect(trip.wire.count == k + r)
        for lost in Self.choices(upTo: r, of: k + r) {
            let recovered = trip.recovered(trip.wire.indices.filter { !lost.contains($0) })
            #expect(recovered == lost.filter { $0 < k }.map { UInt64($0 + 1) }, "lost \(lost)")
        }
    }

    @Test("a burst of d packets loses nothing with one parity, wherever it strikes", arguments: [(4, 3), (8, 4), (8, 16), (1, 5)])
    func burst(_ k: Int, _ d: Int) throws {
        let trip = try ParityTrip(Self.configuration(k, 1, d), count: k * d * 2, seed: UInt64(k), maximumPacketSize: 140)
        for start in 0...(trip.wire.count - d) {
            let lost = start..<start + d
            let recovered = trip.recovered(trip.wire.indices.filter { !lost.contains($0) })
            let expected = lost.filter { trip.wire[$0].parity == nil }.map { trip.wire[$0].header.sequence }
            #expect(recovered.sorted() == expected.sorted(), "burst from place \(start)")
        }
    }

    @Test("a burst of one more loses two of a group, and so data, with one parity")
    func longerBurst() throws {
        let trip = try ParityTrip(Self.configuration(8, 1, 4), count: 32, seed: 1)
        #expect(trip.recovered(trip.wire.indices.filter { !(0..<5).contains($0) }).sorted() == [2, 3, 4])
    }

    /// What a seed draws: configuration, number of packets, loss, order.
    struct Draw {
        private var random: KeyedRandom
        private var step: UInt64 = 0

        init(_ seed: UInt64) { random = KeyedRandom(seed: seed) }

        mutating func below(_ bound: Int) -> Int {
            step += 1
            return Int(random.draw(rule: 9, flow: 0, sequence: step) % UInt64(bound))
        }
    }

    @Test("exactly what theory gives back comes back, under loss, reordering and duplicates", arguments: 0..<60 as Range<UInt64>)
    func theory(_ seed: UInt64) throws {
        var draw = Draw(seed)
        let (k, r) = (1 + draw.below(20), 1 + draw.below(8))
        let d = 1 + draw.below(k == 1 ? 12 : min(12, 247 / (k - 1)))
        let trip = try ParityTrip(Self.configuration(k, r, d), count: 1 + draw.below(k * d * 3), seed: seed, maximumPacketSize: 120)
        let percent = 1 + draw.below(40)
        let lost = Set(trip.wire.indices.filter { _ in draw.below(100) < percent })
        // Each packet at its time or up to 20 places later, some of them twice.
        var received: [(time: Int, place: Int)] = []
        for place in trip.wire.indices where !lost.contains(place) {
            received.append((place * 4 + draw.below(80), place))
            if draw.below(10) == 0 { received.append((place * 4 + draw.below(80), place)) }
        }
        received.sort { ($0.time, $0.place) < ($1.time, $1.place) }
        // Bounds beyond what so late packets and so many open groups ask for, so that nothing makes room.
        var bounds = ParityDecoderConfiguration()
        bounds.packetsPerSession = 1024
        bounds.paritiesPerSession = 512
        var decoder = ParityDecoder(configuration: bounds)
        let recovered = trip.recovered(received.map(\.place), &decoder)
        let counts = decoder.counts
        #expect(Set(recovered).count == recovered.count, "one packet twice, seed \(seed)")
        // What comes late may be recovered before it comes; of what never comes exactly what can be recovered is.
        let missing = Set(lost.filter { trip.wire[$0].parity == nil }.map { trip.wire[$0].header.sequence })
        #expect(
            Set(recovered).intersection(missing) == trip.recoverable(losing: lost),
            "k \(k), r \(r), d \(d), \(trip.data.count) packets, \(percent) %, seed \(seed)")
        #expect(counts.recovered == UInt64(recovered.count) && counts.unpolled == 0 && counts.contradicted == 0)
        #expect(
            counts.received == counts.used + counts.unneeded + counts.malformed + counts.oversize + counts.replaced
                + counts.contradicted + counts.expired + counts.waiting)
        #expect(counts.malformed + counts.oversize + counts.expired == 0)
    }

    /// The share of data packets that are lost for good when each packet is lost with probability p: those of groups that
    /// lose more than r of n = k + r, each packet of such a group being lost in m cases of n.
    static func residual(_ k: Int, _ r: Int, _ p: Double) -> (mean: Double, variance: Double) {
        let n = k + r
        var (mean, square) = (0.0, 0.0)
        for m in (r + 1)...n {
            var probability = 1.0
            for factor in 0..<m { probability *= Double(n - factor) / Double(m - factor) * p }
            for _ in 0..<(n - m) { probability *= 1 - p }
            // Of m lost packets i are data, hypergeometrically.
            let share = Double(m) * Double(k) / Double(n)
            mean += probability * share
            let spread = n == 1 ? 0 : Double(m) * Double(k * r) / Double(n * n) * Double(n - m) / Double(n - 1)
            square += probability * (share * share + spread)
        }
        return (mean / Double(k), (square - mean * mean) / Double(k * k))
    }

    @Test("at 3 % random loss, what stays lost is what the binomial distribution says", arguments: [(8, 1), (16, 2), (16, 1), (4, 4)])
    func binomial(_ k: Int, _ r: Int) throws {
        let groups = 12_000
        let trip = try ParityTrip(Self.configuration(k, r, 1), count: k * 60, seed: 3, maximumPacketSize: 90)
        let random = KeyedRandom(seed: UInt64(k * 100 + r))
        var (lostData, recovered) = (0, 0)
        for pass in 0..<UInt64(groups / 60) {
            let lost = Set(trip.wire.indices.filter { random.chance(Ratio(3, outOf: 100), rule: 1, flow: pass, sequence: UInt64($0)) })
            lostData += lost.filter { trip.wire[$0].parity == nil }.count
            let back = trip.recovered(trip.wire.indices.filter { !lost.contains($0) })
            #expect(!back.contains(0))
            recovered += back.count
        }
        let share = Double(lostData - recovered) / Double(groups * k)
        let theory = Self.residual(k, r, 0.03)
        // Four standard deviations: wrong once in 16 000 seeds; the seed is fixed.
        let allowance = 4 * (theory.variance / Double(groups)).squareRoot()
        #expect(abs(share - theory.mean) < allowance, "k \(k), r \(r): \(share) instead of \(theory.mean) ± \(allowance)")
        #expect(abs(Double(lostData) / Double(groups * k) - 0.03) < 0.002)
    }

    @Test("the theory's own figures")
    func figures() {
        // p (1 - q^8), and p (1 - q^17 - 17 p q^16): a packet is lost for good if it is lost and r more of its group are.
        let q = 0.97
        func power(_ count: Int) -> Double { (0..<count).reduce(1.0) { product, _ in product * q } }
        #expect(abs(Self.residual(8, 1, 0.03).mean - 0.03 * (1 - power(8))) < 1e-12)
        #expect(abs(Self.residual(16, 2, 0.03).mean - 0.03 * (1 - power(17) - 17 * 0.03 * power(16))) < 1e-12)
        // One of one with its copy: both lost. The variance of a coin.
        #expect(abs(Self.residual(1, 1, 0.03).mean - 0.0009) < 1e-12)
        #expect(abs(Self.residual(1, 1, 0.03).variance - 0.0009 * (1 - 0.0009)) < 1e-12)
    }
}
