import Foundation
import NetworkEmulator
import PacketCapture
import ReplayEngine
import StatsModel
import StatsPipeline
import StatsWire
import TestSupport
import Testing
import Verification

/// Events longer than a packet in whole runs: none is lost on a perfect network, and the law holds on any other.
@Suite("runs with long events") struct LargeEventRunTests {
    static let report = Checkout.reports.appendingPathComponent("b11-event-4k.pcap").path

    static let codecs: [PacketCodec] = [.binary, .protocolBuffers, .messagePack, .json]

    @Test("an event of 3.9 KB arrives on a perfect network with every preset, in every codec", arguments: ClientPreset.allCases, codecs)
    func perfect(preset: ClientPreset, codec: PacketCodec) throws {
        var scenario = Scenario()
        scenario.client = preset.configuration
        scenario.client.codec = codec
        let record = try Replay.run(CaptureIdentity(reading: Self.report), scenario: scenario)
        #expect(Judgement(record).faults.isEmpty && record.ledger.lost.counts.total == 0, "\(record.ledger)")
        #expect(record.ledger.delivered.counts == record.ledger.offered.counts && record.ledger.offered.counts.total > 0)
        #expect(record.client.largePackets.packets == 1 && record.client.largePackets.byteCount > 3900)
    }

    /// Small events and long ones, some longer than the limit where `isTooLong`.
    static func lines(seed: UInt64, isTooLong: Bool = false) -> [(time: Int64, text: String)] {
        let random = KeyedRandom(seed: seed)
        return mixedLines(seed: seed, count: 300).enumerated().map { index, line in
            let draw = random.draw(rule: 5, flow: 0, sequence: UInt64(index))
            guard draw % 7 == 0 else { return line }
            let long = String(repeating: "x", count: Int(draw >> 8 % (isTooLong ? 12_000 : 7900)) + 1)
            let text =
                switch draw >> 40 % 5 {
                case 0: "c.\(long):1|c"
                case 1: "g:5|g|#\(long)"
                case 2: "s:\(long)|s"
                case 3: "_e{5,\(long.count)}:title|\(long)"
                default: "_sc|check|1|m:\(long)"
                }
            return (line.time, text)
        }
    }

    @Test("any network, any preset, parity and copies, fragments or not: the law holds, and critical events arrive where they are repaired",
        arguments: 1...40 as ClosedRange<UInt64>)
    func anyNetwork(seed: UInt64) throws {
        let random = KeyedRandom(seed: seed)
        let draw = { (rule: UInt64, bound: UInt64) in random.draw(rule: rule, flow: 9, sequence: 0) % bound }
        let capture = try SyntheticCapture(lines: Self.lines(seed: seed, isTooLong: seed % 4 == 0))
        var scenario = Scenario()
        scenario.seed = seed
        let presets = ClientPreset.allCases
        scenario.client = presets[Int(seed) % presets.count].configuration
        scenario.client.codec = Self.codecs[Int(draw(1, 4))]
        scenario.client.redundancy = Redundancy.allCases[Int(draw(2, 3))]
        scenario.client.copyLimit = [2, 8, 64][Int(draw(3, 3))]
        scenario.client.memoryLimit = nil
        if draw(4, 2) == 0 { scenario.client.parity = ParityConfiguration(groupSize: 4, parityCount: 2, interleave: 2) }
        scenario.impairments = ReplayEngineTests.anyNetwork(draw, from: 20, loss: 30)
        if draw(5, 2) == 0 { scenario.impairments.mtu = MaximumTransmissionUnit([576, 1280, 1500][Int(draw(6, 3))]) }
        let record = try capture.replay(scenario)
        let judgement = Judgement(record)
        #expect(judgement.faults.isEmpty, "seed \(seed): \(judgement.faults)")
        #expect(record.client.largePackets.packets > 0, "seed \(seed)")
        let oversize = record.ledger[.oversize].counts.total
        #expect(seed % 4 == 0 ? oversize > 0 : oversize == 0, "seed \(seed): \(oversize)")
    }

    @Test("the default client repairs what is lost of long events: at 30 % loss, and at 5 % of each fragment, none is missing",
        arguments: 1...10 as ClosedRange<UInt64>, [false, true])
    func repaired(seed: UInt64, isCut: Bool) throws {
        let capture = try SyntheticCapture(lines: Self.lines(seed: seed))
        var scenario = Scenario()
        scenario.seed = seed
        // Six fragments at 5 % are lost in 26 of 100 sendings.
        scenario.impairments.loss = Ratio(isCut ? 5 : 30, outOf: 100)
        if isCut { scenario.impairments.mtu = MaximumTransmissionUnit(1500) }
        let record = try capture.replay(scenario)
        #expect(Judgement(record).faults.isEmpty, "seed \(seed)")
        for type in [MetricType.event, .serviceCheck] {
            #expect(record.ledger.delivered.counts[type] == record.ledger.offered.counts[type], "seed \(seed)")
        }
    }

    @Test("a long packet is lost when any of its fragments is: of 6 fragments at 3 % one in six, of a packet of one one in 33")
    func fragments() throws {
        let long = String(repeating: "x", count: 8000)
        let lines = (0..<4000).map { (time: Int64($0) * 1_000_000, text: "_e{5,8000}:title|\(long)") }
        let capture = try SyntheticCapture(lines: lines)
        var scenario = Scenario()
        scenario.client = .bare
        scenario.impairments.loss = Ratio(3, outOf: 100)
        func share() throws -> Double {
            let record = try capture.replay(scenario)
            #expect(record.client.largePackets.packets == 4000 && Judgement(record).faults.isEmpty)
            return Double(record.packets.dropped) / 4000
        }
        let whole = try share()
        scenario.impairments.mtu = MaximumTransmissionUnit(1500)
        let cut = try share()
        // Five standard deviations.
        #expect(abs(whole - 0.03) < 0.0135, "\(whole)")
        #expect(abs(cut - (1 - 0.833)) < 0.0295, "\(cut)")
    }

    @Test("a link that refuses the length costs the long events alone; no breaker opens for them")
    func refused() throws {
        let capture = try SyntheticCapture(lines: Self.lines(seed: 3))
        var scenario = Scenario()
        scenario.client = .unreliableNetwork
        scenario.client.reliability = nil
        scenario.impairments.mtu = MaximumTransmissionUnit(1500, isRefused: true)
        let record = try capture.replay(scenario)
        let large = record.client.largePackets.packets
        #expect(Judgement(record).faults.isEmpty && large > 0)
        #expect(record.ledger.lost.counts.total == large && record.ledger[.sendFailed].counts.total == large)
        #expect(record.client.transitionCount == 0)
    }
}
