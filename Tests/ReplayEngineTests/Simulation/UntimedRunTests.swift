import PacketCapture
import StatsPipeline
import StatsModel
import StatsWire
import Testing
import Verification

@testable import ReplayEngine

@Suite("Captures without time, and before 1970") struct UntimedRunTests {
    /// Datagrams at these times; a time of nil is none.
    private static func excerpt(_ times: [Int64?]) -> CaptureExcerpt {
        var excerpt = CaptureExcerpt()
        for (index, time) in times.enumerated() {
            let payload = Array("hits:1|c\nload:\(index)|g\nwait:\(index).5|ms\n_e{1,1}:a|b".utf8)
            let endpoint = Endpoint(isIPv6: false, high: 0, low: 1, port: 8125)
            var datagram = CapturedDatagram(
                timestamp: time ?? 0, packetNumber: UInt64(index + 1), source: endpoint, destination: endpoint,
                payloadCount: payload.count, wasFragmented: false, isSegmented: false)
            datagram.hasTimestamp = time != nil
            excerpt.append(datagram, payload.span)
        }
        return excerpt
    }

    private static func run(_ times: [Int64?], _ scenario: Scenario = Scenario()) -> RunRecord {
        let capture = CaptureIdentity(name: "made", path: "made", byteCount: 0, crc32: 0)
        return Replay.run(excerpt(times), of: capture, scenario: scenario)
    }

    private static let times: [(name: String, times: [Int64?])] = [
        ("all zero", [Int64](repeating: 0, count: 200)), ("none", [Int64?](repeating: nil, count: 200)),
        ("from zero on", (0..<200).map { Int64($0) * 1_000_000 }),
        ("before 1970 and after", (0..<200).map { (Int64($0) - 100) * 1_000_000 }),
        ("long before 1970", (0..<200).map { -9_000_000_000_000_000_000 + Int64($0) * 1_000_000 }),
        ("none, then some", [nil, nil] + (0..<198).map { 1_700_000_000_000_000_000 + Int64($0) * 1_000_000 }),
    ]

    @Test("the law holds on a perfect network, whatever the time, codec and preset", arguments: times.indices, ClientPreset.allCases)
    func law(index: Int, preset: ClientPreset) {
        for codec in [PacketCodec.binary, .protocolBuffers, .messagePack, .json] {
            var scenario = Scenario()
            scenario.client = preset.configuration
            scenario.client.codec = codec
            scenario.loop = 2
            let record = Self.run(Self.times[index].times, scenario)
            let judgement = Judgement(record)
            #expect(judgement.faults.isEmpty && !judgement.isEmpty, "\(Self.times[index].name), \(preset), \(codec): \(judgement.faults)")
            #expect(record.ledger.offered.counts.total == 1600)
        }
    }

    @Test("without time datagrams are a millisecond apart; a rate of one's own wins; one time is enough to go by times")
    func spacing() {
        let zeros = Self.run([Int64](repeating: 0, count: 1000))
        #expect(zeros.source.isUntimed && (999...1300).contains(zeros.client.end.nanoseconds / 1_000_000))
        var scenario = Scenario()
        scenario.pace = .packetsPerSecond(100)
        let paced = Self.run([Int64](repeating: 0, count: 100), scenario)
        #expect((990...1300).contains(paced.client.end.nanoseconds / 1_000_000))
        let mixed = Self.run([0, 0, 0, 5_000_000_000])
        #expect(!mixed.source.isUntimed && (5000...5300).contains(mixed.client.end.nanoseconds / 1_000_000))
        let late = Self.run([nil, 1_700_000_000_000_000_000, 1_700_000_001_000_000_000])
        #expect(!late.source.isUntimed && (1000...1300).contains(late.client.end.nanoseconds / 1_000_000))
    }
}
