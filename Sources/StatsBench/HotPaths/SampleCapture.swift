import Foundation
import SystemIO

/// A capture for a benchmark: pcap, Ethernet, IPv4, UDP to port 8125, one line of DogStatsD in each packet.
struct SampleCapture: Sendable {
    static let eventsPerPacket = 1
    let path: String

    /// Writes the file into the system's temporary folder.
    init(packets: Int) throws {
        path = FileManager.default.temporaryDirectory.path + "/statsreplay-bench-\(UUID().uuidString).pcap"
        var file = try FileWriter(path: path, existing: .refused)
        try file.write(Self.bytes(packets: packets).span)
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }

    static func bytes(packets: Int) -> [UInt8] {
        var bytes = little(0xA1B2_C3D4, 4) + little(2, 2) + little(4, 2) + little(0, 8) + little(262_144, 4) + little(1, 4)
        for number in 0..<packets {
            let payload = Array("web.requests.\(number % 40):1|c|#env:prod,host:web-\(number % 7)\n".utf8)
            var frame: [UInt8] = Array(repeating: 2, count: 12) + [8, 0, 0x45, 0] + big(28 + payload.count)
            frame += [0, 1, 0, 0, 64, 17, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1] + big(40_000) + big(8125)
            frame += big(8 + payload.count) + [0, 0] + payload
            bytes += little(1_700_000_000 + number / 1000, 4) + little(number % 1000 * 1000, 4)
            bytes += little(frame.count, 4) + little(frame.count, 4) + frame
        }
        return bytes
    }

    private static func little(_ number: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }

    private static func big(_ number: Int) -> [UInt8] {
        [UInt8(truncatingIfNeeded: number >> 8), UInt8(truncatingIfNeeded: number)]
    }
}
