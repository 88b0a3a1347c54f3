import StatsModel
import Testing

@testable import PacketCapture

@Suite("When a capture goes on in a new file")
struct WritingRotationTests {
    private static let wall: Int64 = 1_795_445_596_000_000_000

    private static func at(_ milliseconds: UInt64) -> Instant { Instant(nanoseconds: milliseconds * 1_000_000) }

    @Test(
        "dates stand in names as UTC",
        arguments: [
            (0 as Int64, "19700101T000000Z"), (951_782_400, "20000229T000000Z"), (951_868_799, "20000229T235959Z"),
            (951_868_800, "20000301T000000Z"), (1_795_445_596, "20261123T145316Z"), (4_102_444_799, "20991231T235959Z"),
            (-1, "19691231T235959Z"),
        ])
    func stamp(seconds: Int64, text: String) {
        #expect(CaptureStamp.text(seconds * 1_000_000_000) == text)
        if seconds > 0 { #expect(CaptureStamp.text(seconds * 1_000_000_000 + 999_999_999) == text) }
    }

    @Test("without a policy the one file has its plain name")
    func plain() {
        var rotation = FileRotation(path: "captures/lo.pcapng", policy: RotationPolicy(fileCount: 3))
        #expect(
            rotation.handleNextFile(at: .start, wall: Self.wall)
                == FileRotation.Step(path: "captures/lo.pcapng", removing: []))
        rotation.record(byteCount: .max / 2, packets: 1)
        #expect(!rotation.isDue(adding: 1, reserve: 0))
        #expect(rotation.nextDeadline == nil)
    }

    @Test(
        "ring names take number and time before the suffix",
        arguments: [
            ("a/b.pcapng", "a/b_00001_20261123T145316Z.pcapng"), ("b", "b_00001_20261123T145316Z"),
            ("x.y/b", "x.y/b_00001_20261123T145316Z"), ("a/.hidden", "a/.hidden_00001_20261123T145316Z"),
            ("v1.2.pcap", "v1.2_00001_20261123T145316Z.pcap"),
        ])
    func names(path: String, name: String) {
        var rotation = FileRotation(path: path, policy: RotationPolicy(size: ByteCount(1)))
        #expect(rotation.handleNextFile(at: .start, wall: Self.wall).path == name)
    }

    @Test("the oldest file goes when there are too many", arguments: 1...4)
    func ring(fileCount: Int) {
        var rotation = FileRotation(path: "r.pcap", policy: RotationPolicy(size: ByteCount(1), fileCount: fileCount))
        var present: [String] = []
        for number in 1...9 {
            let step = rotation.handleNextFile(at: .start, wall: Self.wall)
            present.append(step.path)
            for path in step.removing {
                #expect(present.first == path)
                present.removeFirst()
            }
            #expect(present.count == min(number, fileCount))
            #expect(present.last == "r_0000\(number)_20261123T145316Z.pcap")
        }
    }

    @Test("a file never grows beyond its size, what still follows included, but one packet always fits")
    func size() {
        var rotation = FileRotation(path: "r", policy: RotationPolicy(size: ByteCount(1000)))
        _ = rotation.handleNextFile(at: .start, wall: 0)
        rotation.record(byteCount: 300, packets: 0)
        #expect(!rotation.isDue(adding: 5000, reserve: 100))
        rotation.record(byteCount: 400, packets: 1)
        #expect(!rotation.isDue(adding: 200, reserve: 100))
        #expect(rotation.isDue(adding: 201, reserve: 100))
        _ = rotation.handleNextFile(at: .start, wall: 0)
        #expect(!rotation.isDue(adding: 5000, reserve: 100))
    }

    @Test("a file's time begins when it is opened, and an empty file waits for a packet")
    func interval() {
        var rotation = FileRotation(path: "r", policy: RotationPolicy(interval: .seconds(1)))
        _ = rotation.handleNextFile(at: Self.at(500), wall: 0)
        #expect(rotation.nextDeadline == nil)
        #expect(!rotation.isDue(at: Self.at(5000)))
        rotation.record(byteCount: 10, packets: 1)
        #expect(rotation.nextDeadline == Self.at(1500))
        #expect(!rotation.isDue(at: Self.at(1499)))
        #expect(rotation.isDue(at: Self.at(1500)))
        _ = rotation.handleNextFile(at: Self.at(1600), wall: 0)
        rotation.record(byteCount: 10, packets: 1)
        #expect(rotation.nextDeadline == Self.at(2600))
    }

    @Test("bounds refuse the packet behind the last one")
    func bounds() {
        let none = CaptureBounds()
        #expect(none.refusal(packets: .max, bytes: .max / 2, adding: 100) == nil)
        let packets = CaptureBounds(packets: 3)
        #expect(packets.refusal(packets: 2, bytes: 0, adding: 100) == nil)
        #expect(packets.refusal(packets: 3, bytes: 0, adding: 100) == .packets)
        let size = CaptureBounds(size: ByteCount(1000))
        #expect(size.refusal(packets: 1, bytes: 900, adding: 100) == nil)
        #expect(size.refusal(packets: 1, bytes: 900, adding: 101) == .size)
        #expect(size.refusal(packets: 0, bytes: 900, adding: 5000) == nil)
    }
}
