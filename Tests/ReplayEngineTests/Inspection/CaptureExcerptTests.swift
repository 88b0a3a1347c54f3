import Foundation
import NetworkEmulator
import PacketCapture
import StatsModel
import TestSupport
import Testing

@testable import ReplayEngine

@Suite("CaptureExcerpt") struct CaptureExcerptTests {
    private func scenarios() throws -> [Scenario] {
        var hard = Scenario()
        hard.impairments.loss = Ratio(10, outOf: 100)
        hard.impairments.duplicate = Ratio(10, outOf: 100)
        hard.loop = 2
        var short = Scenario()
        short.limit = 77
        short.pace = .megabitsPerSecond(0.5)
        var ended = Scenario()
        ended.duration = .milliseconds(300)
        return [Scenario(), hard, short, ended]
    }

    private func expectEqual(_ a: RunRecord, _ b: RunRecord, _ what: String) {
        #expect(a.ledger == b.ledger && a.metrics == b.metrics && a.packets == b.packets, "\(what)")
        #expect(a.source == b.source && a.client.end == b.client.end && a.client.bytesSent == b.client.bytesSent, "\(what)")
        #expect(a.gapRanges == b.gapRanges && a.session == b.session && a.control == b.control, "\(what)")
    }

    @Test("a run over datagrams in memory is the run over their file", arguments: 1...4 as ClosedRange<UInt64>)
    func sameRun(seed: UInt64) throws {
        let capture = try SyntheticCapture(lines: mixedLines(seed: seed, count: 600))
        let identity = try CaptureIdentity(reading: capture.path)
        let excerpt = try CaptureExcerpt(CaptureIdentity(reading: capture.path), ports: .standard, rules: .standard)
        #expect(excerpt.count == 600)
        for scenario in try scenarios() {
            let inMemory = Replay.run(excerpt, of: identity, scenario: scenario)
            expectEqual(try Replay.run(identity, scenario: scenario), inMemory, "seed \(seed), \(scenario.arguments)")
        }
    }

    @Test("the shipped captures too, sequenced packets included", arguments: ShippedCaptureTests.names)
    func shipped(name: String) throws {
        let path = Checkout.captures.appendingPathComponent(name).path
        let identity = try CaptureIdentity(reading: path)
        let excerpt = try CaptureExcerpt(CaptureIdentity(reading: path), ports: .standard, rules: .standard)
        var scenario = Scenario()
        scenario.impairments.loss = Ratio(5, outOf: 100)
        expectEqual(try Replay.run(identity, scenario: scenario), Replay.run(excerpt, of: identity, scenario: scenario), name)
    }

    @Test("pieces taken apart and put together again say the same", arguments: ShippedCaptureTests.names)
    func pieces(name: String) throws {
        let path = Checkout.captures.appendingPathComponent(name).path
        let identity = try CaptureIdentity(reading: path)
        let excerpt = try CaptureExcerpt(CaptureIdentity(reading: path), ports: .standard, rules: .standard)
        let pieces = ExcerptPieces(excerpt)
        let again = pieces.keeping(0..<pieces.count)
        let whole = Replay.run(excerpt, of: identity, scenario: Scenario())
        let joined = Replay.run(again, of: identity, scenario: Scenario())
        #expect(whole.ledger == joined.ledger && whole.metrics == joined.metrics && again.count == excerpt.count)
    }

    @Test("packets said in text say the same events, and text has none to say", arguments: ShippedCaptureTests.names)
    func text(name: String) throws {
        let path = Checkout.captures.appendingPathComponent(name).path
        let identity = try CaptureIdentity(reading: path)
        let excerpt = try CaptureExcerpt(CaptureIdentity(reading: path), ports: .standard, rules: .standard)
        let hasPackets = excerpt.indices.contains { excerpt.lines(of: $0).first?.hasPrefix("packet of") ?? false }
        guard let text = excerpt.asText() else {
            #expect(!hasPackets)
            return
        }
        #expect(hasPackets && text.asText() == nil)
        let packets = Replay.run(excerpt, of: identity, scenario: Scenario())
        let lines = Replay.run(text, of: identity, scenario: Scenario())
        #expect(lines.source.malformed == 0 && lines.ledger.offered.counts == packets.ledger.offered.counts)
        #expect(lines.metrics.map(\.label) == packets.metrics.map(\.label))
        #expect(lines.metrics.map(\.offeredValue) == packets.metrics.map(\.offeredValue))
    }

    @Test("a line of several values comes apart, every other stays whole", arguments: [
        ("a:1|c", ["a:1|c"]), ("a:1:2:3|ms|@0.5|#t:1", ["a:1|ms|@0.5|#t:1", "a:2|ms|@0.5|#t:1", "a:3|ms|@0.5|#t:1"]),
        ("a:1:2|d", ["a:1|d", "a:2|d"]), ("a:x:y|s", ["a:x:y|s"]), ("a:3|ms:6|ms", ["a:3|ms:6|ms"]), ("_e{1,1}:a|b", ["_e{1,1}:a|b"]),
        ("_sc|a:b|0", ["_sc|a:b|0"]), ("garbage", ["garbage"]), ("a:1", ["a:1"]), (":|", [":|"]), ("a:|", ["a:|"]), ("|", ["|"]),
        ("a::1::2:|h", ["a:1|h", "a:2|h"]), ("a:1:2|", ["a:1|", "a:2|"]),
    ])
    func values(line: String, values: [String]) {
        #expect(ExcerptPieces.values(of: Array(line.utf8)).map { String(decoding: $0, as: UTF8.self) } == values)
    }

    @Test("what is left out is gone, with datagrams of which nothing stays")
    func leavingOut() throws {
        let capture = try SyntheticCapture(lines: [
            (0, "a:1|c\nb:2|c\n"), (1_000_000, "c:3|c"), (2_000_000, "d:1:2|ms\r\n\ne:5|g"),
        ])
        let excerpt = try CaptureExcerpt(CaptureIdentity(reading: capture.path), ports: .standard, rules: .standard)
        let pieces = ExcerptPieces(excerpt)
        #expect(pieces.count == 6)
        let part = pieces.keeping([1, 3, 5])
        #expect(part.indices.map { part.lines(of: $0) } == [["b:2|c"], ["d:1|ms\\x0D", "e:5|g"]])
        #expect(part.indices.map { part[$0].timestamp } == [excerpt[0].timestamp, excerpt[2].timestamp])
        #expect(part[1].payloadCount == part.payload(of: 1).count && pieces.keeping([]).count == 0)
        #expect(excerpt.keeping([2, 2].prefix(1)).lines(of: 0) == excerpt.lines(of: 2))
    }

    @Test("ports that are not wanted and a file that is broken")
    func reading() throws {
        let capture = try SyntheticCapture(lines: [(0, "a:1|c")])
        #expect(try CaptureExcerpt(CaptureIdentity(reading: capture.path), ports: PortSet(parsing: ["9"]), rules: .standard).count == 0)
        let cut = capture.path + ".cut"
        try Data(contentsOf: URL(fileURLWithPath: capture.path)).dropLast(2).write(to: URL(fileURLWithPath: cut))
        defer { try? FileManager.default.removeItem(atPath: cut) }
        #expect(throws: CaptureError.self) { try CaptureExcerpt(CaptureIdentity(reading: cut), ports: .standard, rules: .standard) }
    }
}
