import Foundation
import StatsModel
import Testing

@testable import NetworkEmulator

@Suite struct DelayDistributionTests {
    /// Where tc keeps its tables, if it is installed.
    static let folder = ["/usr/lib/tc", "/usr/share/tc", "/usr/lib/x86_64-linux-gnu/tc", "/usr/lib/aarch64-linux-gnu/tc"]
        .first { FileManager.default.fileExists(atPath: "\($0)/pareto.dist") }

    private static func table(_ distribution: DelayDistribution) throws -> [Double] {
        try #require(distribution.table).map { Double($0) / 8192 }
    }

    @Test("tables ascend and have the moments of their distributions", arguments: [
        (.normal, 0, 1), (.pareto, -0.0335, 0.82), (.paretonormal, -0.025, 0.834),
    ] as [(DelayDistribution, Double, Double)])
    func moments(distribution: DelayDistribution, mean: Double, deviation: Double) throws {
        let values = try Self.table(distribution)
        #expect(values.count == 4096 && values == values.sorted())
        let average = values.reduce(0, +) / 4096
        let spread = (values.reduce(0) { $0 + $1 * $1 } / 4096 - average * average).squareRoot()
        #expect(abs(average - mean) < 0.002 && abs(spread - deviation) < 0.005, "\(average), \(spread)")
    }

    @Test("known quantiles of the normal distribution come out")
    func normal() throws {
        let values = try Self.table(.normal)
        // Φ(-1.959964) = 2.5 %, Φ(1) = 84.1345 %.
        #expect(abs(values[102] + 1.96) < 0.01 && abs(values[3446] - 1) < 0.01)
        #expect(zip(values, values.reversed()).allSatisfy { $0 == -$1 })
    }

    @Test("the tables are tc's own", .enabled(if: folder != nil, "tc's distribution tables are not installed"),
        arguments: [(.normal, 0.005), (.pareto, 0.0002), (.paretonormal, 0.005)] as [(DelayDistribution, Double)])
    func peer(distribution: DelayDistribution, tolerance: Double) throws {
        let folder = try #require(Self.folder)
        let text = try String(contentsOfFile: "\(folder)/\(distribution.rawValue).dist", encoding: .utf8)
        let peer = text.split(separator: "\n").filter { !$0.hasPrefix("#") }.flatMap { $0.split(separator: " ") }
            .compactMap { Double($0).map { $0 / 8192 } }
        let ours = try Self.table(distribution)
        #expect(peer.count == ours.count)
        // tc builds its normal table by sampling, which leaves its outermost values rough.
        for index in 40..<4056 { #expect(abs(ours[index] - peer[index]) < tolerance, "at \(index)") }
    }

    @Test("delays spread as the table says, never below zero", arguments: DelayDistribution.allCases)
    func delays(distribution: DelayDistribution) {
        var impairments = Impairments()
        impairments.delay = .milliseconds(20)
        impairments.jitter = .milliseconds(10)
        impairments.distribution = distribution
        let draws = FaultDraws(impairments: impairments, seed: 2)
        let delays = (1...20_000 as ClosedRange<UInt64>).map { draws.delay(dataPacket($0), copy: 0).rawValue }.sorted()
        #expect(delays[0] >= 0)
        let least: Int64 = distribution == .pareto ? 13_333_000 : distribution == .uniform ? 10_000_000 : 0
        #expect(delays[0] >= least)
        let median = distribution == .pareto ? 16_800_000 : distribution == .paretonormal ? 17_600_000 : 20_000_000
        #expect(abs(Int(delays[10_000]) - median) < 400_000, "\(delays[10_000])")
        #expect(delays[19_999] <= impairments.longestDelay.rawValue)
    }
}
