/// Arithmetic in the field of 256 elements, GF(256). Bytes are polynomials over GF(2), modulo x^8 + x^4 + x^3 + x^2 + 1 (0x11D),
/// the polynomial of most Reed-Solomon codes over bytes. Addition and subtraction are XOR, and 2 generates the field.
package enum GaloisField {
    /// The polynomial without its highest term.
    private static let reduction: UInt8 = 0x1D

    /// 2^n for n in 0..<510, so that the sum of two logarithms needs no remainder. Computed once.
    private static let powers: [UInt8] = {
        var powers: [UInt8] = []
        var power: UInt8 = 1
        for _ in 0..<510 {
            powers.append(power)
            power = doubled(power)
        }
        return powers
    }()

    /// The logarithms: the n in 0..<255 for which 2^n is the element. 0 has no logarithm, and its entry is 0. Computed once.
    private static let logarithms: [UInt8] = {
        var logarithms = [UInt8](repeating: 0, count: 256)
        for exponent in 0..<255 { logarithms[Int(powers[exponent])] = UInt8(exponent) }
        return logarithms
    }()

    @inline(__always)
    private static func doubled(_ a: UInt8) -> UInt8 { (a << 1) ^ (a & 0x80 == 0 ? 0 : reduction) }

    /// a · b. O(1).
    package static func product(_ a: UInt8, _ b: UInt8) -> UInt8 {
        guard a != 0, b != 0 else { return 0 }
        return powers[Int(logarithms[Int(a)]) + Int(logarithms[Int(b)])]
    }

    /// a / b. Traps if b is zero. O(1).
    package static func quotient(_ a: UInt8, _ b: UInt8) -> UInt8 {
        precondition(b != 0, "nothing divides by zero")
        guard a != 0 else { return 0 }
        return powers[Int(logarithms[Int(a)]) + 255 - Int(logarithms[Int(b)])]
    }

    /// target[offset...] += factor · source, byte by byte. Traps if the source does not fit there. O(n).
    ///
    /// It works on eight bytes at a time. A byte's product is the sum of the products of its set bits, so every bit of the eight
    /// bytes becomes a mask over the factor's product with that bit. The compiler turns this into vector code, 16 bytes wide even
    /// on baseline x86-64 processors. Explicit SIMD types were no faster in release builds, and hundreds of times slower in debug
    /// builds.
    package static func mix(
        _ source: Span<UInt8>, times factor: UInt8, into target: inout MutableSpan<UInt8>, at offset: Int = 0
    ) {
        precondition(offset >= 0 && source.count <= target.count - offset, "a row is mixed where it fits")
        if source.isEmpty || factor == 0 { return }
        unsafe source.withUnsafeBytes { source in
            unsafe target.withUnsafeMutableBytes { target in
                // In bounds by the precondition: source.count bytes from `offset` on.
                let row = unsafe UnsafeMutableRawBufferPointer(rebasing: target[offset..<offset + source.count])
                unsafe mix(source, times: factor, into: row)
            }
        }
    }

    /// The same for two pieces of memory with equal lengths, which must not overlap.
    static func mix(_ source: UnsafeRawBufferPointer, times factor: UInt8, into target: UnsafeMutableRawBufferPointer) {
        precondition(source.count == target.count, "two rows are of one length")
        let whole = source.count & ~7
        if factor == 1 {
            unsafe add(source, to: target, below: whole)
        } else {
            unsafe multiplyAdd(source, times: factor, to: target, below: whole)
        }
        for index in whole..<source.count {
            // In bounds: both have `source.count` bytes.
            unsafe target[index] ^= product(factor, source[index])
        }
    }

    /// XORs the bytes in front of `end`, which is a multiple of eight and at most the length of both rows.
    @inline(__always)
    private static func add(_ source: UnsafeRawBufferPointer, to target: UnsafeMutableRawBufferPointer, below end: Int) {
        guard end > 0, let from = source.baseAddress, let to = target.baseAddress else { return }
        var index = 0
        while index < end {
            // In bounds: index + 8 <= end, since both are multiples of eight.
            let sum = unsafe to.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                ^ from.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            unsafe to.storeBytes(of: sum, toByteOffset: index, as: UInt64.self)
            index &+= 8
        }
    }

    /// The same, with each byte of the source multiplied first.
    @inline(__always)
    private static func multiplyAdd(
        _ source: UnsafeRawBufferPointer, times factor: UInt8, to target: UnsafeMutableRawBufferPointer, below end: Int
    ) {
        guard end > 0, let from = source.baseAddress, let to = target.baseAddress else { return }
        // The factor's product with each bit of a byte, repeated eight times.
        var single = factor
        let bit0 = splat(single)
        single = doubled(single)
        let bit1 = splat(single)
        single = doubled(single)
        let bit2 = splat(single)
        single = doubled(single)
        let bit3 = splat(single)
        single = doubled(single)
        let bit4 = splat(single)
        single = doubled(single)
        let bit5 = splat(single)
        single = doubled(single)
        let bit6 = splat(single)
        let bit7 = splat(doubled(single))
        var index = 0
        while index < end {
            // In bounds: index + 8 <= end, since both are multiples of eight. The byte order does not matter.
            let bytes = unsafe from.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            var sum = unsafe to.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            sum ^= spread(bytes) & bit0
            sum ^= spread(bytes &>> 1) & bit1
            sum ^= spread(bytes &>> 2) & bit2
            sum ^= spread(bytes &>> 3) & bit3
            sum ^= spread(bytes &>> 4) & bit4
            sum ^= spread(bytes &>> 5) & bit5
            sum ^= spread(bytes &>> 6) & bit6
            sum ^= spread(bytes &>> 7) & bit7
            unsafe to.storeBytes(of: sum, toByteOffset: index, as: UInt64.self)
            index &+= 8
        }
    }

    @inline(__always)
    private static func splat(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }

    /// 0xFF in each byte whose lowest bit is set, and 0 in the others: the bit times 255.
    @inline(__always)
    private static func spread(_ bytes: UInt64) -> UInt64 {
        let bits = bytes & 0x0101_0101_0101_0101
        return (bits &<< 8) &- bits
    }
}
