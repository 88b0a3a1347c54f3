import StatsModel
import Testing
import TestSupport

@testable import StatsWire

/// Numbers as text: exact, and in the fewest digits.
struct ShortestDigitsTests {
    static func text(_ number: Double) -> String {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64, alignment: 8)
        defer { unsafe buffer.deallocate() }
        var writer = unsafe ByteWriter(buffer, from: 0, to: 64)
        writer.write(number)
        return unsafe String(decoding: buffer[..<writer.count], as: UTF8.self)
    }

    /// The digits without sign, point, exponent and the zeros at both ends.
    static func digits(_ text: String) -> String {
        let mantissa = text.prefix { $0 != "e" }.filter(\.isNumber)
        let front = mantissa.drop { $0 == "0" }
        return String(front.reversed().drop { $0 == "0" }.reversed())
    }

    @Test("numbers read as a person writes them", arguments: [
        (0, "0"), (-0.0, "-0.0"), (1, "1"), (-5, "-5"), (0.1, "0.1"), (0.285, "0.285"), (1.005, "1.005"), (12.345678, "12.345678"),
        (0.3333333333333333, "0.3333333333333333"), (2.0 / 3, "0.6666666666666666"), (1e-7, "0.0000001"), (1.5e-12, "1.5e-12"),
        (123_456_789_012_345, "123456789012345"), (1e15, "1000000000000000"), (1e21, "1e+21"), (1.7976931348623157e308, "1.7976931348623157e+308"),
        (.leastNonzeroMagnitude, "5e-324"), (.leastNormalMagnitude, "2.2250738585072014e-308"), (9007199254740992, "9007199254740992"),
        (123456.78901234567, "123456.78901234567"), (0.00012345678901234567, "0.00012345678901234567"),
    ] as [(Double, String)])
    func table(_ number: Double, _ text: String) { #expect(Self.text(number) == text) }

    @Test("any number reads back as the same bits, in no more digits than the standard library needs", arguments: 0..<8 as Range<UInt64>)
    func roundTrip(_ seed: UInt64) {
        var draws = Draws(seed: seed)
        for _ in 0..<20_000 {
            var number = draws.number(.json)
            if draws.chance(oneIn: 3) { number = Double(bitPattern: draws.next() & 0x7FF0_0000_0000_0000) }
            guard number.isFinite else { continue }
            let text = Self.text(number)
            let bytes = Array(text.utf8)
            #expect(Decimal.parse(bytes.span, 0..<bytes.count)?.bitPattern == number.bitPattern, "seed \(seed): \(number) as \(text)")
            #expect(Self.digits(text) == Self.digits(number.description), "seed \(seed): \(number) as \(text)")
        }
    }

    @Test("powers of ten are the 128 highest bits, rounded up")
    func powers() {
        #expect(PowerOfTen[0].high == 1 << 63 && PowerOfTen[0].low == 0)
        #expect(PowerOfTen[-292].high == 0xFF77_B1FC_BEBC_DC4F && PowerOfTen[-292].low == 0x25E8_E89C_13BB_0F7B)
        #expect(PowerOfTen[1].high == 10 << 60 && PowerOfTen[1].low == 0)
    }
}
