import Foundation
import TestSupport
import Testing

@testable import StatsReplayCLI

@Suite("Pipes, devices and folders as captures") struct InputKindTests {
    /// Runs a line of the shell in the project's folder; `statsreplay` is the built program.
    private func shell(_ line: String, _ project: borrowing Project) throws -> ExternalProgram.Outcome {
        try #require(Self.bash).run(
            ["-c", "statsreplay() { '\(CaptureProcess.program)' \"$@\"; }; \(line)"], in: project.folder,
            environment: Project.environment(["TMPDIR": project.folder]))
    }

    private static let bash = ExternalProgram("bash")

    @Test(
        "a pipe is replayed as often as it takes, like the file, and leaves nothing behind", .enabled(if: bash != nil, "bash is not installed"),
        arguments: [
            "cat captures/sample.pcap | statsreplay run -", "cat captures/sample.pcap | statsreplay run /dev/stdin",
            "statsreplay run <(cat captures/sample.pcap)",
            "mkfifo pipe; cat captures/sample.pcap > pipe & statsreplay run pipe",
        ])
    func pipes(line: String) throws {
        let project = try Project()
        let options = " --loop 2 --loss 1% --check-determinism --json"
        let file = try shell("statsreplay run captures/sample.pcap" + options, project)
        let pipe = try shell(line + options, project)
        #expect(pipe.status == file.status, "\(pipe.errors)")
        func run(_ text: String) throws -> [String: Any] {
            let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
            return try #require((object?["runs"] as? [[String: Any]])?.first)
        }
        let (theirs, ours) = (try run(file.output), try run(pipe.output))
        for key in ["events", "packets", "gaps"] {
            let (a, b) = (try #require(ours[key]), try #require(theirs[key]))
            let same = try JSONSerialization.data(withJSONObject: a, options: .sortedKeys)
            #expect(try same == JSONSerialization.data(withJSONObject: b, options: .sortedKeys), "\(key)")
        }
        #expect((ours["remarks"] as? [String])?.contains { $0.contains("came through a pipe") } == true)
        let left = try FileManager.default.contentsOfDirectory(atPath: project.folder).filter { $0.hasPrefix("statsreplay") }
        #expect(left.isEmpty)
    }

    @Test(
        "a report that cannot be written is an error, in words and for machines", .enabled(if: bash != nil, "bash is not installed"),
        arguments: [
            "run captures/sample.pcap --golden none", "run captures/sample.pcap --seeds 1..2", "inspect captures/sample.pcap",
            "tolerate captures/sample.pcap --seeds 1..1", "selftest --worlds 2",
        ], ["", " --json"])
    func lostReports(words: String, machine: String) throws {
        let project = try Project(datagrams: 200)
        for output in ["> /dev/full", ">&-"] {
            let outcome = try shell("statsreplay \(words)\(machine) \(output)", project)
            #expect(outcome.status == 73, "\(words)\(machine) \(output): \(outcome.status) \(outcome.errors)")
            #expect(outcome.errors.contains("cannot write to standard output: "), "\(outcome.errors)")
        }
    }

    @Test("a golden file cannot be recorded of a pipe", .enabled(if: bash != nil, "bash is not installed"))
    func golden() throws {
        let project = try Project()
        let outcome = try shell("cat captures/sample.pcap | statsreplay run - --update", project)
        #expect(outcome.status == 64 && outcome.errors.contains("is a pipe"), "\(outcome.errors)")
        let required = try shell("statsreplay run <(cat captures/sample.pcap) --golden required", project)
        #expect(required.status == 2 && required.output.contains("which a pipe cannot have"), "\(required.output)")
    }

    @Test("devices and folders are refused at once, by run and by inspect", arguments: ["run", "inspect"])
    func devices(command: String) throws {
        let project = try Project()
        for (path, words) in [("/dev/zero", "this is a device"), ("/dev/urandom", "this is a device"), ("captures", "this is a folder")] {
            let outcome = try project.statsreplay([command, path])
            #expect(outcome.status == 65 && outcome.errors.contains(words), "\(command) \(path): \(outcome.errors)")
        }
    }
}
