import StatsModel
import SystemIO
import TestSupport
import Testing

@testable import PacketCapture

@Suite("The files of a capture")
struct WritingOutputTests {
    private static let wall: Int64 = 1_795_445_596_000_000_000

    private static let description = CaptureDescription(
        linkType: 101, snapLength: 65_535, hasNanoseconds: true, interface: "lo", filter: "udp and dst port 8125",
        hardware: "x86_64", operatingSystem: "Linux 6.1", application: "statsreplay 0.1.0")

    /// IPv4 and UDP around a text, checksums left out (zero means none for UDP).
    private static func frame(_ text: String) -> [UInt8] {
        let payload = Array(text.utf8)
        let length = payload.count
        var header: [UInt8] = [0x45, 0, 0, UInt8(28 + length), 0, 0, 0, 0, 64, 17, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1]
        var sum = 0
        for offset in stride(from: 0, to: 20, by: 2) { sum += Int(header[offset]) << 8 | Int(header[offset + 1]) }
        sum = ~((sum & 0xFFFF) + (sum >> 16)) & 0xFFFF
        header[10] = UInt8(sum >> 8)
        header[11] = UInt8(sum & 0xFF)
        return header + [0x9C, 0x40, 0x1F, 0xBD, 0, UInt8(8 + length), 0, 0] + payload
    }

    private static func append(_ text: String, number: Int, to output: inout CaptureOutput) {
        let bytes = frame(text)
        output.append(timestamp: wall + Int64(number), originalCount: UInt32(bytes.count), bytes: bytes.span)
    }

    @Test(
        "Wireshark's tools read what was written, without complaint",
        .enabled(
            if: ExternalProgram.isInstalled("tshark") && ExternalProgram.isInstalled("capinfos"), "tshark is not installed"),
        arguments: ["a.pcapng", "a.pcap"])
    func wireshark(name: String) throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/deep/\(name)"
        var output = try CaptureOutput(
            target: .file(path: path, isGenerated: false), description: Self.description, policy: RotationPolicy(),
            at: .start, wall: Self.wall)
        for number in 1...5 { Self.append("page.views:\(number)|c", number: number, to: &output) }
        try output.finish(
            DropStatistics(accepted: 9, kernelDrops: 3, interfaceDrops: 1), wall: Self.wall + 1_000_000_000)
        #expect(output.packetCount == 5)
        #expect(output.byteCount == UInt64(folder.bytes(of: "deep/\(name)").count))

        let tshark = try #require(ExternalProgram("tshark"))
        let read = try tshark.run(["-r", path, "-T", "fields", "-e", "frame.time_epoch", "-e", "udp.dstport"])
        #expect(read.status == 0)
        #expect(!read.errors.contains("appears") && !read.errors.contains("damaged"))
        #expect(
            read.output.split(separator: "\n").map(String.init)
                == (1...5).map { "1795445596.00000000\($0)\t8125" })
        let capinfos = try #require(ExternalProgram("capinfos"))
        let reported = try capinfos.run(["-M", path])
        #expect(reported.status == 0)
        #expect(reported.output.contains("Number of packets:   5"))
        guard name.hasSuffix("pcapng") else { return }
        for expected in [
            "Capture hardware:    x86_64", "Capture oper-sys:    Linux 6.1", "Capture application: statsreplay 0.1.0",
            "Name = lo", "Filter string = udp and dst port 8125", "Time precision = nanoseconds (9)",
            "Number of stat entries = 1",
        ] { #expect(reported.output.contains(expected), "capinfos does not say: \(expected)") }
    }

    @Test("what was flushed is in the file before it is finished")
    func flushed() throws {
        let folder = try TemporaryFolder()
        var output = try CaptureOutput(
            target: .file(path: "\(folder.path)/a.pcap", isGenerated: false), description: Self.description,
            policy: RotationPolicy(), at: .start, wall: Self.wall)
        #expect(folder.bytes(of: "a.pcap").count == 24)
        Self.append("a:1|c", number: 1, to: &output)
        #expect(folder.bytes(of: "a.pcap").count == 24)
        #expect(output.pendingPacketCount == 1)
        #expect(output.packetCount == 0)
        try output.flush()
        #expect(folder.bytes(of: "a.pcap").count == 24 + 16 + 33)
        #expect(output.packetCount == 1)
    }

    @Test("ring files hold their size, their packets and their own share of the drops")
    func ring() throws {
        let folder = try TemporaryFolder()
        let policy = RotationPolicy(size: ByteCount(1000), fileCount: 2)
        var output = try CaptureOutput(
            target: .file(path: "\(folder.path)/r.pcapng", isGenerated: true), description: Self.description,
            policy: policy, at: .start, wall: Self.wall)
        var rotations = 0
        for number in 1...30 {
            if output.isRotationDue(packet: Self.frame("page.views:\(number)|c").count) {
                rotations += 1
                try output.rotate(DropStatistics(kernelDrops: UInt64(rotations * 10)), at: .start, wall: Self.wall)
            }
            Self.append("page.views:\(number)|c", number: number, to: &output)
        }
        try output.finish(DropStatistics(kernelDrops: UInt64(rotations * 10 + 7)), wall: Self.wall)
        #expect(rotations >= 2)
        let names = [rotations, rotations + 1].map { "r_0000\($0)_20261123T145316Z.pcapng" }
        #expect(folder.names == names)
        #expect(output.files == names.map { "\(folder.path)/\($0)" })
        #expect(output.packetCount == 30)
        for name in names { #expect(folder.bytes(of: name).count <= 1000) }
        // The last file's statistics: seven drops of its own, not the sum. Code 7 (os drops), length 8.
        let last = folder.bytes(of: names[1])
        let tail = Array(last[(last.count - 28 - 4)...])
        #expect(Array(tail[..<12]) == [7, 0, 8, 0, 7, 0, 0, 0, 0, 0, 0, 0])
    }

    @Test("a name nobody chose never overwrites a file, a chosen one does")
    func existing() throws {
        let folder = try TemporaryFolder()
        var names: [[String]] = []
        for isGenerated in [true, false, true, true] {
            let output = try CaptureOutput(
                target: .file(path: "\(folder.path)/a.pcap", isGenerated: isGenerated),
                description: Self.description, policy: RotationPolicy(), at: .start, wall: Self.wall)
            names.append(output.files)
        }
        #expect(names == ["a", "a", "a-2", "a-3"].map { ["\(folder.path)/\($0).pcap"] })
        #expect(folder.names == ["a-2.pcap", "a-3.pcap", "a.pcap"])
    }

    @Test("a ring nobody named stops at a file that is somebody else's")
    func existingRing() throws {
        let folder = try TemporaryFolder()
        var refusal: SystemError?
        for _ in 0..<2 {
            do throws(SystemError) {
                _ = try CaptureOutput(
                    target: .file(path: "\(folder.path)/a.pcap", isGenerated: true), description: Self.description,
                    policy: RotationPolicy(size: ByteCount(1)), at: .start, wall: Self.wall)
            } catch { refusal = error }
        }
        #expect(refusal?.alreadyExists == true)
    }
}
