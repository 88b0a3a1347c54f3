import Foundation
import PacketCapture
import ReplayEngine
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

    private func run(_ bytes: [UInt8]?, _ options: [String] = []) throws -> (status: Int32, output: String, errors: String) {
        let path = FileManager.default.temporaryDirectory.path + "/inspect-\(UUID().uuidString).pcap"
        if let bytes { try Data(bytes).write(to: URL(fileURLWithPath: path)) }
        defer { try? FileManager.default.removeItem(atPath: path) }
        let process = Process()
        let (output, errors) = (Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: CaptureProcess.program)
        process.arguments = ["inspect", path] + options
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let complaint = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text, complaint)
    }

    private func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
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
            let (status, output, errors) = try run(Array(whole[..<cut]), ["--json"])
            #expect(status == 65, "cut at \(cut)")
            #expect(try object(output)["events_total"] as? Int == 1, "cut at \(cut)")
            #expect(errors.contains("packet 2") && errors.contains("byte"), "cut at \(cut): \(errors)")
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
        let found = try object(try run(bytes, ["--json"]).output)
        for key in keys { #expect(found[key] != nil, "\(key) is missing") }
        #expect(found["counters"] as? [String: Double] == ["a": 3])
        #expect((found["skipped"] as? [String: Int])?.keys.sorted() == ["checksum", "fragment", "malformed", "not_udp", "other_port", "truncated", "tunnel"])
        let path = FileManager.default.temporaryDirectory.path + "/inspect-\(UUID().uuidString).pcap"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
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
        let (status, output, errors) = try run(pcap(["\u{1B}]0;x\u{7}\u{9B}2J\u{202E}name:1|c"]), options)
        #expect(status == 0)
        let all = (output + errors).unicodeScalars.filter { $0 != "\n" }
        #expect(all.allSatisfy(InspectText.isPrintable))
        #expect(output.contains("name"))
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
