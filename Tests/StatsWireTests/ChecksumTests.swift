import StatsModel
import StatsWire
import Testing

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
        for count in 0..<300 {
            let bytes = (0..<count).map { _ in UInt8(draws.below(256)) }
            #expect(CRC32.update(0, bytes.span, 0..<count) == Self.bitwise(bytes))
        }
    }

    @Test("a checksum goes on where it stopped")
    func pieces() {
        var draws = Draws(seed: 5)
        let bytes = (0..<500).map { _ in UInt8(draws.below(256)) }
        let whole = CRC32.update(0, bytes.span, 0..<500)
        for cut in 0...500 {
            #expect(CRC32.update(CRC32.update(0, bytes.span, 0..<cut), bytes.span, cut..<500) == whole)
        }
    }
}
