import Foundation
import TestSupport
import Testing

@testable import StatsReplayCLI

@Suite("golden files, written and read as typed") struct GoldenWritingTests {
    @Test("an actual result that cannot be written is a remark: the difference is shown, and the run fails")
    func unwritable() throws {
        let project = try Project()
        _ = try project.run("--loss", "3%", "--update")
        let sent = try #require((try project.run("--loss", "3%", "--json").run()["packets"] as? [String: Any])?["sent"] as? Int)
        try project.edit("sample-loss-3.yaml", "sent: \(sent)\n", "sent: \(sent + 2)\n")
        // A folder in its place stops the superuser too.
        let place = project.folder + "/golden/sample-loss-3.actual.yaml"
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        let outcome = try project.run("--loss", "3%")
        #expect(outcome.status == 1 && outcome.output.contains("packets sent: 2 fewer (recorded \(sent + 2), now \(sent))"))
        #expect(outcome.output.contains("the actual result is not kept: golden/sample-loss-3.actual.yaml: cannot be written: Is a directory"))
        #expect(outcome.output.contains("not kept") && !outcome.output.contains("stands in golden/sample-loss-3.actual.yaml"))
        #expect(project.goldenFiles() == ["sample-loss-3.actual.yaml", "sample-loss-3.yaml"])
    }

    @Test("what a killed run left behind is no golden file")
    func leftovers() throws {
        let project = try Project()
        _ = try project.run("--loss", "3%", "--update")
        try Data().write(to: URL(fileURLWithPath: project.folder + "/golden/.sample-loss-3.yaml.17.tmp"))
        let outcome = try project.run("--loss", "3%")
        #expect(outcome.status == 0 && !outcome.output.contains(".tmp"), "\(outcome.output)")
    }

    @Test("a golden file of references to references is refused at once, with its file and line")
    func references() throws {
        let project = try Project()
        _ = try project.run("--loss", "3%", "--update")
        var text = "a0: &a0 lol\n"
        for level in 1...12 {
            text += "a\(level): &a\(level) [\(Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ","))]\n"
        }
        try text.write(toFile: project.folder + "/golden/bad.yaml", atomically: true, encoding: .utf8)
        let outcome = try project.run()
        #expect(outcome.status == 1 && outcome.output.contains("golden/bad.yaml: line 1 uses names and references"))
        try text.write(toFile: project.folder + "/client.yaml", atomically: true, encoding: .utf8)
        let client = try project.run("--client", "client.yaml")
        #expect(client.status == 65 && client.errors.contains("client.yaml:1: the document uses names and references"))
    }

    @Test("what a golden file says steers no terminal")
    func escapes() throws {
        let project = try Project()
        _ = try project.run("--loss", "3%", "--update")
        try project.edit("sample-loss-3.yaml", "capture: sample.pcap", "capture: \"\\e[2J\\e]0;x\\a\"")
        let outcome = try project.run()
        #expect(outcome.status == 1 && !outcome.output.contains("\u{1B}") && !outcome.output.contains("\u{7}"))
        #expect(outcome.output.contains("captures/\\u{1b}[2J\\u{1b}]0;x\\u{7} is not there"), "\(outcome.output)")
    }
}
