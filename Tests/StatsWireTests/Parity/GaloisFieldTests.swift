import StatsWire
import Testing
import TestSupport

/// The field of 256 elements, against its definition: polynomials over two elements modulo 0x11D.
struct GaloisFieldTests {
    /// The product by long multiplication and long division, nothing of ours.
    static func defined(_ a: UInt8, _ b: UInt8) -> UInt8 {
        var product: UInt16 = 0
        for bit in 0..<8 where b >> UInt8(bit) & 1 == 1 { product ^= UInt16(a) << UInt16(bit) }
        for bit in stride(from: 14, through: 8, by: -1) where product >> UInt16(bit) & 1 == 1 {
            product ^= 0x11D << UInt16(bit - 8)
        }
        return UInt8(product)
    }

    @Test("every product is the one that the field's polynomial defines")
    func products() {
        for a in 0...255 as ClosedRange<UInt8> {
            for b in 0...255 as ClosedRange<UInt8> where GaloisField.product(a, b) != Self.defined(a, b) {
                Issue.record("\(a) times \(b)")
            }
        }
    }

    @Test("a quotient times the divisor is the dividend, for all of them")
    func quotients() {
        for a in 0...255 as ClosedRange<UInt8> {
            for b in 1...255 as ClosedRange<UInt8> where Self.defined(GaloisField.quotient(a, b), b) != a {
                Issue.record("\(a) by \(b)")
            }
        }
    }

    @Test("a row is mixed byte by byte, with any factor, at any length and place, and nothing beside it changes", arguments: 0..<20 as Range<UInt64>)
    func rows(_ seed: UInt64) {
        var draws = Draws(seed: seed)
        for factor in 0...255 as ClosedRange<UInt8> {
            let source = (0..<draws.below(70)).map { _ in UInt8(truncatingIfNeeded: draws.next()) }
            let offset = draws.below(20)
            var target = (0..<offset + source.count + draws.below(20)).map { _ in UInt8(truncatingIfNeeded: draws.next()) }
            var expected = target
            for (index, byte) in source.enumerated() { expected[offset + index] ^= Self.defined(factor, byte) }
            var span = target.mutableSpan
            GaloisField.mix(source.span, times: factor, into: &span, at: offset)
            #expect(target == expected, "seed \(seed), factor \(factor), \(source.count) bytes at \(offset)")
        }
    }
}
