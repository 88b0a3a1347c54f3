import Foundation
import TestSupport
import ReplayEngine
import StatsModel

/// A capture file made for one test: Ethernet, IPv4, UDP to port 8125, and gone when the test is over.
struct SyntheticCapture: ~Copyable {
    private let folder: TemporaryFolder
    var path: String { folder.path("synthetic.pcap") }

    /// - Parameter datagrams: time in nanoseconds since the first datagram, and payload
    init(_ datagrams: [(time: Int64, payload: [UInt8])]) throws {
        var bytes: [UInt8] = []
        bytes.append(little: 0xA1B2_3C4D as UInt32)
        bytes.append(little: 2 as UInt16)
        bytes.append(little: 4 as UInt16)
        bytes.append(little: 0 as UInt64)
        bytes.append(little: 262_144 as UInt32)
        bytes.append(little: 1 as UInt32)
        for datagram in datagrams {
            let frame = Self.frame(datagram.payload)
            bytes.append(little: UInt32(1_700_000_000 + datagram.time / 1_000_000_000))
            bytes.append(little: UInt32(datagram.time % 1_000_000_000))
            bytes.append(little: UInt32(frame.count))
            bytes.append(little: UInt32(frame.count))
            bytes += frame
        }
        let folder = try TemporaryFolder()
        try folder.write(bytes, to: "synthetic.pcap")
        self.folder = folder
    }

    init(lines: [(time: Int64, text: String)]) throws {
        try self.init(lines.map { ($0.time, Array($0.text.utf8)) })
    }

    func replay(_ scenario: Scenario = Scenario()) throws -> RunRecord {
        try Replay.run(CaptureIdentity(reading: path), scenario: scenario)
    }

    private static func frame(_ payload: [UInt8]) -> [UInt8] {
        var frame: [UInt8] = Array(repeating: 2, count: 12) + [0x08, 0x00]
        frame += [0x45, 0]
        frame.append(big: UInt16(28 + payload.count))
        frame += [0, 1, 0, 0, 64, 17, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1]
        frame.append(big: 40_000 as UInt16)
        frame.append(big: 8125 as UInt16)
        frame.append(big: UInt16(8 + payload.count))
        frame += [0, 0]
        return frame + payload
    }
}

extension [UInt8] {
    mutating func append<Number: FixedWidthInteger>(little number: Number) {
        for shift in stride(from: 0, to: Number.bitWidth, by: 8) { append(UInt8(truncatingIfNeeded: number >> shift)) }
    }

    mutating func append<Number: FixedWidthInteger>(big number: Number) {
        for shift in stride(from: Number.bitWidth - 8, through: 0, by: -8) { append(UInt8(truncatingIfNeeded: number >> shift)) }
    }
}

/// Text datagrams of every type in random proportions, about one a millisecond.
func mixedLines(seed: UInt64, count: Int) -> [(time: Int64, text: String)] {
    let random = KeyedRandom(seed: seed)
    return (0..<count).map { index in
        let draw = random.draw(rule: 77, flow: 0, sequence: UInt64(index))
        let name = "metric.\(draw >> 32 & 31)"
        let tags = draw & 1 << 20 == 0 ? "" : "|#env:prod,shard:\(draw >> 40 & 3)"
        let line =
            switch draw % 10 {
            case 0...3: "\(name):\(draw >> 16 & 255)|c|@0.5\(tags)"
            case 4: "\(name):\(draw >> 16 & 255)|g\(tags)"
            case 5: "\(name):-\(draw >> 16 & 255)|g\(tags)"
            case 6: "\(name):\(draw >> 16 & 255).25|ms\(tags)"
            case 7: "\(name):user\(draw >> 16 & 255)|s\(tags)"
            case 8: "\(name):1:2:3|d\(tags)"
            default: draw & 1 << 21 == 0 ? "_e{5,9}:title|two\\nlines\(tags)" : "_sc|check|2\(tags)|m:trouble"
            }
        return (Int64(index) * 1_000_000 + Int64(draw >> 44), line)
    }
}
