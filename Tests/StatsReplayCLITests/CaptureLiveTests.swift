import Foundation
import PacketCapture
import StatsModel
import SystemIO
import TestSupport
import Testing

@testable import StatsReplayCLI

@Suite(
    "Capturing for real, over the loopback", .enabled(if: CaptureProcess.canCapture, "this user may not capture"))
struct CaptureLiveTests {
    /// The payloads of a capture file, by this project's own reader.
    private func payloads(_ path: String, port: UInt16) throws -> [String] {
        var reader = try DatagramReader(path: path, ports: PortSet([port...port]))
        var found: [String] = []
        while try reader.next() != nil {
            found.append(
                reader.withPayload { payload in
                    String(decoding: payload.indices.map { payload[$0] }, as: UTF8.self)
                })
        }
        return found
    }

    @Test(
        "every datagram that was sent is in the file when a signal ends it",
        arguments: [SIGINT, SIGTERM, SIGHUP], ["a.pcapng", "a.pcap"])
    func signals(number: Int32, name: String) throws {
        let sender = CaptureSender()
        let capture = try CaptureProcess(["lo", "--port", "\(sender.port)", "--output", name, "--json"])
        try capture.waitUntilCapturing()
        for index in 0..<500 { sender.send("views:\(index)|c") }
        // At once: what the kernel still holds has to be fetched before the end.
        capture.signal(number)
        let (status, output) = try capture.finish()
        #expect(status == 0, "\(capture.transcript)")
        #expect(try payloads("\(capture.folder)/\(name)", port: sender.port) == (0..<500).map { "views:\($0)|c" })
        let object = try #require(JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
        #expect(object["packets"] as? Int == 500)
        #expect((object["events"] as? [String: Int])?["counter"] == 500)
        #expect((object["dropped"] as? [String: Any])?["kernel"] as? Int == 0)
        #expect(object["bytes"] as? Int == capture.size(of: name))
        // On the loopback the kernel would count each packet twice; nothing here may. Fragments of others, which the
        // filter has to let through, may come on top.
        let accepted = try statistics("\(capture.folder)/\(name)")
        #expect(name.hasSuffix("ng") ? (500..<1000).contains(accepted ?? 0) : accepted == nil)
    }

    /// `isb_filteraccept` of a file that ends with this tool's statistics block: option 6, the fifth of eight.
    private func statistics(_ path: String) throws -> UInt64? {
        let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
        guard let start = bytes.lastRange(of: [6, 0, 8, 0]) else { return nil }
        return (0..<8).reduce(0) { $0 | UInt64(bytes[start + 4 + $1]) << UInt64(8 * $1) }
    }

    @Test("after kill -9 everything older than a second is readable")
    func killed() throws {
        let sender = CaptureSender()
        let capture = try CaptureProcess(["lo", "--port", "\(sender.port)", "--output", "a.pcapng"])
        try capture.waitUntilCapturing()
        let header = capture.size(of: "a.pcapng")
        sender.send("views:1|c", count: 300)
        // 9 bytes of payload behind 42 of headers, padded, in a block of 32 bytes.
        let expected = header + 300 * (32 + 52)
        let isThere = try CaptureProcess.eventually(within: .seconds(1)) { capture.size(of: "a.pcapng") == expected }
        #expect(isThere, "\(capture.size(of: "a.pcapng")) of \(expected) bytes within a second")
        capture.signal(SIGKILL)
        let (status, _) = try capture.finish()
        #expect(status == -SIGKILL)
        #expect(try payloads("\(capture.folder)/a.pcapng", port: sender.port).count == 300)
    }

    @Test("a second signal ends it at once, with the signal's exit code")
    func twice() throws {
        let sender = CaptureSender()
        let capture = try CaptureProcess(["lo", "--port", "\(sender.port)", "--output", "a.pcapng"])
        try capture.waitUntilCapturing()
        // The first one's draining takes a fifth of a second: the second comes well before its end.
        capture.signal(SIGTERM)
        capture.signal(SIGINT)
        let (status, output) = try capture.finish()
        #expect([128 + SIGINT, 128 + SIGTERM].contains(status))
        #expect(output.isEmpty)
    }

    @Test("an idle capture ends by its duration, leaves an empty file, and says so with 2")
    func idle() throws {
        let sender = CaptureSender()
        let capture = try CaptureProcess(["lo", "--port", "\(sender.port)", "--duration", "100ms"])
        let (status, output) = try capture.finish()
        #expect(status == 2)
        #expect(capture.transcript.contains("nothing was captured"))
        #expect(output.contains("dropped:  by kernel 0"))
        #expect(capture.names == ["captures"])
        let files = try FileManager.default.contentsOfDirectory(atPath: "\(capture.folder)/captures")
        #expect(files.count == 1 && files[0].hasPrefix("lo-2") && files[0].hasSuffix("Z.pcapng"))
    }

    @Test("what a slow capture misses is counted, to the packet, and warned of")
    func drops() throws {
        let sender = CaptureSender()
        let options = ["--port", "\(sender.port)", "-o", "a.pcapng", "--buffer-size", "512KiB"]
        let capture = try CaptureProcess(["lo"] + options)
        try capture.waitUntilCapturing()
        capture.signal(SIGSTOP)
        sender.send("views:1|c", count: 20_000)
        capture.signal(SIGCONT)
        capture.signal(SIGINT)
        let (status, output) = try capture.finish()
        #expect(status == 0)
        var reader = try DatagramReader(
            path: "\(capture.folder)/a.pcapng", ports: PortSet([sender.port...sender.port]))
        while try reader.next() != nil {}
        let dropped = try #require(reader.notes.kernelDrops)
        #expect(dropped > 0)
        #expect(reader.notes.datagrams + dropped == 20_000)
        #expect(output.contains("dropped:  by kernel \(dropped), "))
        #expect(capture.transcript.contains("warning: the kernel dropped \(dropped) packets"))
        #expect(capture.transcript.contains("--buffer-size 2MiB"))
    }

    @Test("the snaplen cuts packets, the file knows how long they were, and the summary how many")
    func snapLength() throws {
        let sender = CaptureSender()
        let capture = try CaptureProcess([
            "lo", "--port", "\(sender.port)", "--packets", "3", "-o", "a.pcap", "--snaplen", "60",
        ])
        try capture.waitUntilCapturing()
        for length in [18, 19, 400] { sender.send(String(repeating: "x", count: length)) }
        let (status, output) = try capture.finish()
        #expect(status == 0)
        #expect(output.contains("packets:  2 of them cut by the snaplen"))
        #expect(capture.size(of: "a.pcap") == 24 + 3 * (16 + 60))
        var reader = try DatagramReader(
            path: "\(capture.folder)/a.pcap", ports: PortSet([sender.port...sender.port]))
        while try reader.next() != nil {}
        #expect(reader.notes.datagrams == 1)
        #expect(reader.notes.skipped.truncated == 2)
    }

    @Test("a number of packets ends it exactly there")
    func packets() throws {
        let sender = CaptureSender()
        let capture = try CaptureProcess(["lo", "--port", "\(sender.port)", "--packets", "7", "-o", "a.pcap"])
        try capture.waitUntilCapturing()
        sender.send("views:1|c", count: 40)
        #expect(try capture.finish().status == 0)
        #expect(try payloads("\(capture.folder)/a.pcap", port: sender.port).count == 7)
    }

    @Test("ring files keep their size and number, and together hold the latest packets")
    func ring() throws {
        let sender = CaptureSender()
        let capture = try CaptureProcess([
            "lo", "--port", "\(sender.port)", "--packets", "100", "-o", "r.pcap", "--rotate-size", "1000", "--files",
            "3",
        ])
        try capture.waitUntilCapturing()
        for index in 0..<100 { sender.send("views:\(index)|c") }
        #expect(try capture.finish().status == 0)
        #expect(capture.names.count == 3)
        var found: [String] = []
        for name in capture.names {
            #expect(capture.size(of: name) <= 1000)
            found += try payloads("\(capture.folder)/\(name)", port: sender.port)
        }
        #expect(found.count >= 20)
        #expect(found == (100 - found.count..<100).map { "views:\($0)|c" })
    }

    @Test("standard output carries the packets, standard error the summary")
    func standardOutput() throws {
        let sender = CaptureSender()
        let capture = try CaptureProcess(["lo", "--port", "\(sender.port)", "--packets", "3", "-o", "-"])
        try capture.waitUntilCapturing()
        sender.send("views:1|c", count: 3)
        let (status, output) = try capture.finish()
        #expect(status == 0)
        #expect(output.hasPrefix("\n\r\r\n"))
        #expect(capture.transcript.contains("captured 3 packets"))
    }

    @Test("`any` captures the loopback")
    func anyInterface() throws {
        let sender = CaptureSender()
        let capture = try CaptureProcess(["any", "--port", "\(sender.port)", "--packets", "3", "-o", "a.pcapng"])
        try capture.waitUntilCapturing()
        sender.send("views:1|c", count: 3)
        #expect(try capture.finish().status == 0)
        var reader = try DatagramReader(path: "\(capture.folder)/a.pcapng", ports: PortSet([sender.port...sender.port]))
        while try reader.next() != nil {}
        #expect(reader.notes.datagrams == 3)
        #expect(["linux-sll", "linux-sll2"].contains(reader.notes.linkTypes.first))
    }

    @Test("an unknown interface is 69 with the list, a filter that is none is 64 with libpcap's words")
    func refusals() throws {
        let unknown = try CaptureProcess(["nosuchdevice"])
        #expect(try unknown.finish().status == 69)
        #expect(unknown.transcript.contains("there is no interface 'nosuchdevice'. Known interfaces: "))
        #expect(unknown.names.isEmpty)
        let bad = try CaptureProcess(["lo", "--filter", "udp and and"])
        #expect(try bad.finish().status == 64)
        #expect(bad.transcript.contains("syntax error"))
        #expect(bad.names.isEmpty)
    }

    @Test(
        "where the disk ends midway it is 73, and the file is whole up to its last packet",
        .enabled(if: ExternalProgram.isInstalled("prlimit"), "prlimit is not installed"),
        arguments: ["a.pcapng", "a.pcap"])
    func fullMidway(name: String) throws {
        let sender = CaptureSender()
        let prlimit = try #require(ExternalProgram("prlimit"))
        let capture = try CaptureProcess(
            ["lo", "--port", "\(sender.port)", "-o", name], prefix: [prlimit.path, "--fsize=10001"])
        try capture.waitUntilCapturing()
        sender.send("views:1|c", count: 400)
        let (status, output) = try capture.finish()
        #expect(status == 73)
        #expect(capture.transcript.contains("what was written before is whole"))
        let size = capture.size(of: name)
        // One record less than the limit at most, which itself falls into a record.
        #expect((9900...10_000).contains(size), "\(size) bytes")
        let found = try payloads("\(capture.folder)/\(name)", port: sender.port)
        #expect(output.hasPrefix("captured \(found.count) packets, \(size) bytes"), "\(output)")
    }

    @Test("a second capture into one file is refused with 73, and the first goes on undisturbed")
    func twoWriters() throws {
        let sender = CaptureSender()
        let first = try CaptureProcess(["lo", "--port", "\(sender.port)", "-o", "a.pcapng"])
        try first.waitUntilCapturing()
        sender.send("views:1|c", count: 10)
        let second = try CaptureProcess(["lo", "--port", "\(sender.port)", "-o", "\(first.folder)/a.pcapng", "--duration", "1s"])
        #expect(try second.finish().status == 73)
        #expect(second.transcript.contains("another process is writing it"), "\(second.transcript)")
        sender.send("views:1|c", count: 10)
        first.signal(SIGINT)
        #expect(try first.finish().status == 0)
        #expect(try payloads("\(first.folder)/a.pcapng", port: sender.port).count == 20)
    }

    @Test("an output that is removed or replaced while capturing is 73 at the end", arguments: [true, false])
    func vanished(isReplaced: Bool) throws {
        let sender = CaptureSender()
        let capture = try CaptureProcess(["lo", "--port", "\(sender.port)", "-o", "a.pcapng"])
        try capture.waitUntilCapturing()
        sender.send("views:1|c", count: 10)
        let path = "\(capture.folder)/a.pcapng"
        try FileManager.default.removeItem(atPath: path)
        if isReplaced { try Data("other".utf8).write(to: URL(fileURLWithPath: path)) }
        capture.signal(SIGINT)
        #expect(try capture.finish().status == 73)
        #expect(capture.transcript.contains("it was removed or replaced while it was written"), "\(capture.transcript)")
    }

    @Test("a full disk ends it with 73, before the first packet")
    func full() throws {
        let capture = try CaptureProcess(["lo", "--output", "/dev/full", "--packets", "1"])
        #expect(try capture.finish().status == 73)
        #expect(capture.transcript.contains("No space left on device"))
    }
}

extension [UInt8] {
    /// Where the last occurrence of `pattern` begins.
    fileprivate func lastRange(of pattern: [UInt8]) -> Int? {
        indices.dropLast(pattern.count - 1).last { self[$0..<$0 + pattern.count].elementsEqual(pattern) }
    }
}
