import StatsModel
import Testing

@testable import NetworkEmulator

/// The kernel's own faults beside ours: both must be what the theory says. These runs are random by nature; each bound is
/// exceeded by chance once in 300 000 runs at most.
@Suite(.serialized) struct JudgeTests {
    private func burstCounts(lost: [Bool], stride: Int) -> [Int] {
        var counts = Array(repeating: 0, count: 41)
        for (index, burst) in lost.split(separator: false).enumerated() where index % stride == 0 {
            counts[min(burst.count, 41) - 1] += 1
        }
        return counts
    }

    private func expectTheory(_ model: String, _ lost: [Bool], who: String) throws {
        let theory = LossTheory(try LossModel(parsing: model))
        let mean = theory.burstLengths(upTo: 400).enumerated().reduce(0) { $0 + Double($1.offset + 1) * $1.element }
        let count = lost.count { $0 }
        // Bursts of mean m widen the binomial deviation by the root of 2 m - 1 at most.
        let deviation = (Double(lost.count) * theory.rate * (1 - theory.rate) * (2 * mean - 1)).squareRoot()
        #expect(abs(Double(count) - theory.rate * Double(lost.count)) < 5 * deviation, "\(who): \(count) of \(lost.count)")
        // Bursts that share a bad period are not independent; those of plain random loss are.
        let stride = model.contains(":") ? 5 : 1
        let (value, freedom) = ChiSquare.statistic(burstCounts(lost: lost, stride: stride), theory.burstLengths(upTo: 40))
        #expect(freedom >= 1 && value < ChiSquare.bound(freedom: freedom), "\(who): \(value) of \(freedom) degrees")
    }

    private func ours(_ model: String, count: Int) throws -> [Bool] {
        var rule = LossRule(try LossModel(parsing: model), index: 0, random: KeyedRandom(seed: 21))
        return (1...UInt64(count)).map { rule.isLost(dataPacket($0), fragments: 1) }
    }

    private func lost(_ passage: NamespaceJudge.Passage, of count: Int) -> [Bool] {
        var lost = Array(repeating: true, count: count)
        for number in passage.numbers { lost[number] = false }
        return lost
    }

    @Test("random loss is iptables' random loss",
        .enabled(if: NamespaceJudge.hasIPTables, "needs root, unshare, python3 and iptables with its statistic match"),
        arguments: [("3%", "0.03"), ("30%", "0.3")])
    func iptables(model: String, probability: String) throws {
        let passage = try #require(
            NamespaceJudge.passage("\(NamespaceJudge.iptables) \(probability) -j DROP", count: 20_000, size: 64))
        try expectTheory(model, lost(passage, of: 20_000), who: "iptables")
        try expectTheory(model, ours(model, count: 20_000), who: "statsreplay")
    }

    @Test("a queue at a link is the kernel's token bucket: the same packets, at the same rate",
        .enabled(if: NamespaceJudge.hasTBF, "needs root, unshare, python3 and tc with a token bucket (sch_tbf)"))
    func tokenBucket() throws {
        // 972 bytes, 28 of headers and, to the kernel, 14 of Ethernet: 29 of them fit into 30 000 bytes.
        var queue = BottleneckQueue(Bottleneck(rate: BitRate(bitsPerSecond: 8_000_000), queue: .bytes(30_000)))
        var departures: [Instant] = []
        for _ in 0..<200 { if let departure = queue.admit(1014, at: .start) { departures.append(departure) } }
        #expect(departures.count == 29)
        let span = (departures[28] - departures[0]).seconds
        // A busy machine may stop the sender in the middle of a burst: the best of five runs counts.
        let runs = (0..<5).compactMap { _ in NamespaceJudge.passage(NamespaceJudge.tbf, count: 200, size: 972) }
        #expect(runs.allSatisfy { Array($0.numbers.prefix(29)) == Array(0..<29) && $0.numbers.count < 200 })
        let ratios = runs.map { $0.span / span }
        #expect(ratios.contains { abs($0 - 1) < 0.1 }, "\(ratios) of \(span) s")
    }

    @Test("bursts are tc-netem's bursts",
        .enabled(if: NamespaceJudge.hasNetem, "needs root, unshare, python3 and a kernel with netem (sch_netem)"),
        arguments: [("gemodel:2%,25%", "gemodel 2% 25%"), ("state:2%,30%,20%,50%,1%", "state 2% 30% 20% 50% 1%")])
    func netem(model: String, words: String) throws {
        let passage = try #require(NamespaceJudge.passage("\(NamespaceJudge.netem) \(words)", count: 40_000, size: 64))
        try expectTheory(model, lost(passage, of: 40_000), who: "netem")
        try expectTheory(model, ours(model, count: 40_000), who: "statsreplay")
    }
}
