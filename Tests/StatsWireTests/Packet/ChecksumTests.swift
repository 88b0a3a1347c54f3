import StatsModel
import Testing
import TestSupport

@testable import StatsWire

struct ChecksumTests {
    /// CRC-32 of IEEE 802.3 by its definition, bit by bit, the polynomial reversed.
    static func bitwise(_ bytes: [UInt8]) -> UInt32 {
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
        return ~crc
    }

    @Test("the checksum is that of IEEE 802.3")
    func check() {
        // The check value of the catalogue of CRC algorithms.
        #expect(CRC32.update(0, Array("123456789".utf8).span, 0..<9) == 0xCBF4_3926)
        #expect(CRC32.update(0, [UInt8]().span, 0..<0) == 0)
        var draws = Draws(seed: 4)
        // Wide steps begin at 256 bytes, go on in steps of 256 and of 64, and leave up to 63 bytes.
        for count in Array(0..<700) + [1024, 1472, 1473, 1535, 4096, 8972] {
            let bytes = (0..<count).map { _ in UInt8(draws.below(256)) }
            #expect(CRC32.update(0, bytes.span, 0..<count) == Self.bitwise(bytes))
        }
    }

    @Test("a packet's own field counts as zeros, wherever the payload ends")
    func packets() {
        var draws = Draws(seed: 6)
        for count in Array(40..<700) + [1472, 8972] {
            var bytes = (0..<count).map { _ in UInt8(draws.below(256)) }
            let checksum = CRC32.ofPacket(bytes.span)
            bytes.replaceSubrange(36..<40, with: [0, 0, 0, 0])
            #expect(checksum == CRC32.update(0, bytes.span, 0..<count), "\(count) bytes")
        }
    }

    @Test("a checksum goes on where it stopped")
    func pieces() {
        var draws = Draws(seed: 5)
        let bytes = (0..<900).map { _ in UInt8(draws.below(256)) }
        let whole = CRC32.update(0, bytes.span, 0..<900)
        for cut in 0...900 {
            #expect(CRC32.update(CRC32.update(0, bytes.span, 0..<cut), bytes.span, cut..<900) == whole)
        }
    }
}
