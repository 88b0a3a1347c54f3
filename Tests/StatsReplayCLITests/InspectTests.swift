import Foundation
import PacketCapture
import ReplayEngine
import TestSupport
import Testing

@testable import StatsReplayCLI

@Suite("statsreplay inspect")
struct InspectTests {
    /// A pcap file of Ethernet, IPv4 and UDP to port 8125, built here byte by byte.
    private func pcap(_ lines: [String]) -> [UInt8] {
        func little(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(value >> ($0 * 8) & 0xFF) } }
        func big(_ value: Int) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 0xFF)] }
        var file = little(0xA1B2_C3D4) + [2, 0, 4, 0] + little(0) + little(0) + little(65_535) + little(1)
        for (index, line) in lines.enumerated() {
            let payload = Array(line.utf8)
            var frame: [UInt8] = Array(repeating: 2, count: 12) + [8, 0, 0x45, 0] + big(28 + payload.count)
            frame += [0, 1, 0, 0, 64, 17, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1]
            frame += big(40_000) + big(8125) + big(8 + payload.count) + [0, 0] + payload
            file += little(1_700_000_000 + index) + little(0) + little(frame.count) + little(frame.count) + frame
        }
        return file
    }

    private func run(_ bytes: [UInt8]?, _ options: [String] = []) throws -> ExternalProgram.Outcome {
        let folder = try TemporaryFolder()
        if let bytes { try folder.write(bytes, to: "inspected.pcap") }
        return try CaptureProcess.statsreplay.run(["inspect", folder.path("inspected.pcap")] + options)
    }

    @Test("the exit code says whether the file was read, held events, was there")
    func exitCodes() throws {
        let whole = pcap(["a:1|c", "b:2|g"])
        #expect(try run(whole).status == 0)
        #expect(try run(whole, ["--port", "9"]).status == 2)
        #expect(try run(Array("no capture at all, just text".utf8)).status == 65)
        #expect(try run(nil).status == 66)
        #expect(try run(whole, ["--port", "0"]).status == 64)
    }

    @Test("a capture cut anywhere after its header shows what is whole, and ends with 65")
    func truncations() throws {
        let whole = pcap(["a:1|c", "b:2|g"])
        let first = pcap(["a:1|c"]).count
        for cut in [first + 1, first + 15, first + 20, whole.count - 1] {
            let outcome = try run(Array(whole[..<cut]), ["--json"])
            #expect(outcome.status == 65, "cut at \(cut)")
            #expect(try outcome.json()["events_total"] as? Int == 1, "cut at \(cut)")
            #expect(outcome.errors.contains("packet 2") && outcome.errors.contains("byte"), "cut at \(cut): \(outcome.errors)")
        }
    }

    @Test("the object has all keys, and the same bytes twice")
    func json() throws {
        let bytes = pcap(["a:1|c|@0.5", "a:1|c|#t"])
        let keys = [
            "file", "format", "link_type", "packets", "datagrams", "skipped", "protocols", "events", "events_total",
            "distinct_metrics", "counters", "malformed_lines", "checksum_failures", "sessions", "fit", "problems",
            "error",
        ]
        let found = try run(bytes, ["--json"]).json()
        for key in keys { #expect(found[key] != nil, "\(key) is missing") }
        #expect(found["counters"] as? [String: Double] == ["a": 3])
        #expect((found["skipped"] as? [String: Int])?.keys.sorted() == ["checksum", "fragment", "malformed", "not_udp", "other_port", "truncated", "tunnel"])
        let folder = try TemporaryFolder()
        let path = try folder.write(bytes, to: "inspected.pcap")
        let reports = try (0..<2).map { _ in
            let terminal = Terminal()
            return try InspectReport(
                result: InspectCommand.inspect(path, ports: .standard, terminal: terminal).0, terminal: terminal
            ).json()
        }
        #expect(reports[0] == reports[1])
    }

    @Test("hostile names reach no terminal as they are", arguments: [[], ["--json"]])
    func hostileNames(options: [String]) throws {
        let outcome = try run(pcap(["\u{1B}]0;x\u{7}\u{9B}2J\u{202E}name:1|c"]), options)
        #expect(outcome.status == 0)
        let all = (outcome.output + outcome.errors).unicodeScalars.filter { $0 != "\n" }
        #expect(all.allSatisfy(InspectText.isPrintable))
        #expect(outcome.output.contains("name"))
    }

    @Test("columns are counted as a terminal counts them")
    func widths() {
        #expect(InspectText.width("abc") == 3)
        #expect(InspectText.width("日本") == 4)
        #expect(InspectText.width("e\u{301}") == 1)
        #expect(InspectText.fitted("日本語", 5) == "日本…")
        #expect(InspectText.plot([0, 1, 8], columns: 10).line == " ▂█")
    }
}
