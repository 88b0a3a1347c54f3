import ArgumentParser
import PacketCapture
import StatsModel
import SystemIO
import TestSupport
import Testing

@testable import StatsReplayCLI

/// Swift Testing has an `ExitStatus` of its own.
private typealias Status = StatsReplayCLI.ExitStatus

@Suite("The capture command's words")
struct CaptureOptionsTests {
    @Test(
        "what makes no sense is refused as usage, and the sentence names the option",
        arguments: [
            ([], "Which interface?"), (["lo", "--port", "0"], "--port"), (["lo", "--port", "9-8"], "--port"),
            (["lo", "--port", "8125", "--filter", "udp"], "--filter replaces --port"),
            (["lo", "--packets", "0"], "--packets"), (["lo", "--duration", "0"], "--duration"),
            (["lo", "--duration", "5"], "duration"), (["lo", "--size", "5 elephants"], "size"),
            (["lo", "--rotate-interval", "0"], "--rotate-interval"), (["lo", "--files", "3"], "--files needs"),
            (["lo", "--files", "0", "--rotate-size", "1MB"], "--files is at least 1"),
            (["lo", "--rotate-size", "1MB", "--output", "-"], "cannot rotate"),
            (["lo", "--snaplen", "0"], "--snaplen"),
            (["lo", "--snaplen", "1MiB"], "--snaplen"), (["lo", "--buffer-size", "1KiB"], "--buffer-size"),
            (["lo", "--buffer-size", "9GiB"], "--buffer-size"), (["lo", "--output", ""], "--output"),
            (["lo", "eth0"], "eth0"),
        ] as [([String], String)])
    func refused(arguments: [String], sentence: String) {
        do {
            _ = try CaptureCommand.parse(arguments)
            Issue.record("accepted: \(arguments)")
        } catch {
            #expect(CaptureCommand.exitCode(for: error).rawValue == Status.usage.rawValue)
            let message = CaptureCommand.fullMessage(for: error)
            #expect(message.contains(sentence), "\(message)")
        }
    }

    @Test("every option is understood with its unit")
    func accepted() throws {
        let command = try CaptureCommand.parse([
            "any", "--port", "8125", "--port", "9000-9010,53", "-o", "x.pcap", "--duration", "1.5s", "--packets", "7",
            "--size", "10MB", "--rotate-size", "1MiB", "--rotate-interval", "2m", "--files", "4", "--snaplen", "96",
            "--buffer-size", "64MiB", "--promiscuous", "--json",
        ])
        #expect(command.interface == "any")
        #expect(try PortSet(parsing: command.port).ranges == [53...53, 8125...8125, 9000...9010])
        #expect(command.output == "x.pcap")
        #expect(command.duration == .milliseconds(1500))
        #expect(command.packets == 7)
        #expect(command.size == ByteCount(10_000_000))
        #expect(command.rotateSize == ByteCount(1 << 20))
        #expect(command.rotateInterval == .seconds(120))
        #expect(command.files == 4)
        #expect(command.snaplen == ByteCount(96))
        #expect(command.bufferSize == ByteCount(64 << 20))
        #expect(command.promiscuous && command.json)
        #expect(try CaptureCommand.parse(["--list"]).list)
    }

    @Test(
        "a failure has its exit code and says what to do",
        arguments: [
            (.device(.unknownInterface("nix")), .unavailable, ["there is no interface 'nix'", "lo"]),
            (.device(.interfaceDown("eth9")), .unavailable, ["eth9 is down", "sudo ip link set eth9 up"]),
            (.device(.badFilter(expression: "x y", reason: "syntax error")), .usage, ["'x y'", "syntax error"]),
            (.device(.failed(interface: "eth0", reason: "it broke")), .unavailable, ["on eth0: it broke"]),
            (
                .device(.notPermitted(interface: "eth0")), .notPermitted,
                ["on eth0", "sudo setcap cap_net_raw,cap_net_admin=eip \(ShellWord.quoted(HostDescription.executablePath))\n"]
            ),
            (
                .output(SystemError(action: "write to", subject: "a.pcap", number: 28)), .cannotWrite,
                ["cannot write to a.pcap: No space left on device", "what was written before is whole"]
            ),
            (
                .output(SystemError(action: "write to", subject: "standard output", number: 32)), .cannotWrite,
                ["standard output was closed by its reader"]
            ),
        ] as [(CaptureFailure, Status, [String])])
    fileprivate func failures(failure: CaptureFailure, status: Status, sentences: [String]) {
        let found = CommandFailure(failure)
        #expect(found.status == status)
        for sentence in sentences { #expect(found.message.contains(sentence), "\(found.message)") }
    }

    @Test("without permission the commands that help can be pasted as they are")
    func permission() {
        let text = CommandFailure.permission(
            "my lan", program: "/opt/my tools/statsreplay", arguments: ["capture", "my lan", "--port", "9125"])
        #expect(
            text.split(separator: "\n").filter { $0.hasPrefix("    ") } == [
                "    sudo setcap cap_net_raw,cap_net_admin=eip '/opt/my tools/statsreplay'",
                "    sudo '/opt/my tools/statsreplay' capture 'my lan' --port 9125",
            ])
    }

    @Test(
        "a shell reads quoted text back as it was",
        arguments: [
            ("/usr/bin/statsreplay-1.0", "/usr/bin/statsreplay-1.0"), ("a b", "'a b'"), ("", "''"),
            ("it's", "'it'\\''s'"),
            ("$(rm)", "'$(rm)'"), ("ä", "'ä'"),
        ])
    func shellQuoting(text: String, quoted: String) {
        #expect(ShellWord.quoted(text) == quoted)
    }
}
