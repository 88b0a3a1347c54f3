import NetworkEmulator
import StatsModel
import ReplayEngine
import Testing

@testable import Verification

@Suite("ScenarioPart") struct ScenarioPartTests {
    /// A scenario with every part there is.
    static func full() throws -> Scenario {
        var scenario = Scenario()
        scenario.pace = .topspeed
        scenario.loop = 2
        scenario.limit = 7
        scenario.duration = .seconds(3)
        scenario.seed = 5
        var network = Impairments()
        network.failures = [
            try DownstreamFault(parsing: "blackhole@1s+1s/3s"), try DownstreamFault(parsing: "stall@9s+1s"),
        ]
        network.losses = [try LossModel(parsing: "1%"), try LossModel(parsing: "2%")]
        network.lossBurstMaximum = 2
        network.duplicates = [Ratio(1, outOf: 100), Ratio(2, outOf: 100)]
        network.corruptions = [Corruption(.bits, share: Ratio(1, outOf: 100)), Corruption(.truncate, share: Ratio(2, outOf: 100))]
        network.reorder = Ratio(1, outOf: 100)
        network.gap = 4
        network.delay = .milliseconds(5)
        network.jitter = .milliseconds(2)
        network.distribution = .pareto
        network.bottleneck = Bottleneck(rate: BitRate(bitsPerSecond: 1_000_000))
        network.mtu = MaximumTransmissionUnit(1280)
        network.only = [3...5]
        scenario.impairments = network
        return scenario
    }

    @Test("without all of its parts a scenario is the plain one")
    func all() throws {
        let scenario = try Self.full()
        let parts = scenario.parts(withEnds: true)
        #expect(Set(parts).count == parts.count && parts.count == 19)
        var plain = Scenario()
        plain.seed = 5
        #expect(scenario.without(Set(parts)) == plain)
        #expect(plain.parts(withEnds: true).isEmpty)
        let inner = scenario.parts(withEnds: false)
        #expect(!inner.contains(.limit) && !inner.contains(.duration) && inner.count == 17)
    }

    @Test("each part alone is one part less, and the others stay")
    func single() throws {
        let scenario = try Self.full()
        for part in scenario.parts(withEnds: true) {
            let less = scenario.without([part])
            let expected = part == .failure(0) ? 2 : 1
            #expect(scenario.parts(withEnds: true).count - less.parts(withEnds: true).count == expected, "\(part)")
            #expect(less.impairments.only == [3...5] && less != scenario, "\(part)")
        }
        #expect(scenario.without([.loss(0)]).impairments.losses.map(\.description) == ["2%"])
        #expect(scenario.without([.period(0), .failure(1)]).impairments.failures.map(\.description) == ["blackhole@1s+1s"])
    }

    @Test("faults are counted as packets where they are chosen, as rules elsewhere", arguments: [
        (["--drop"], 4), (["--drop", "beyond"], 4), (["--loss"], 1), (["--loss", "--only"], 2), (["--only"], 0), ([], 0),
        (["--loss", "--delay"], 2),
    ] as [([String], UInt64)])
    func counting(words: [String], count: UInt64) {
        var network = Impairments()
        for word in words {
            switch word {
            case "--drop": network.drop = [2...4, 9...9]
            case "beyond": network.drop.append(11...UInt64.max)
            case "--loss": network.loss = Ratio(1, outOf: 100)
            case "--only": network.only = [1...1, 10...20]
            default: network.delay = .seconds(1)
            }
        }
        #expect(network.faultCount(sent: 10) == count)
    }
}

@Suite("ChosenPackets") struct ChosenPacketsTests {
    @Test("numbers move down behind a place, and those that would cross it are gone", arguments: [
        ([5, 6, 9], 0, 4, [1, 2, 5]), ([5, 6, 9], 0, 5, [1, 4]), ([5, 6, 9], 5, 1, [5, 8]), ([5, 6, 9], 5, 9, [5]),
        ([1], 0, 1, []), ([], 0, 3, []), ([3, 100], 50, 10, [3, 90]),
    ] as [([UInt64], UInt64, UInt64, [UInt64])])
    func moving(numbers: [UInt64], place: UInt64, distance: UInt64, expected: [UInt64]) {
        #expect(ChosenPackets(numbers: numbers).moved(behind: place, down: distance).numbers == expected)
    }

    @Test("ranges and numbers are two forms of one thing, cut at the last packet sent")
    func ranges() {
        let ranges: [ClosedRange<UInt64>] = [1...3, 7...7, 9...UInt64.max]
        #expect(ChosenPackets(ranges, upTo: 10).numbers == [1, 2, 3, 7, 9, 10])
        #expect(ChosenPackets(ranges, upTo: 10).ranges == [1...3, 7...7, 9...10])
        #expect(ChosenPackets(ranges, upTo: 0).numbers.isEmpty)
    }
}
