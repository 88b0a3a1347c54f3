/// Numbers in capture files: little-endian, whatever this machine's byte order.
extension [UInt8] {
    /// Appends the number's bytes, lowest first. O(1).
    @inline(__always)
    mutating func appendNumber<Number: FixedWidthInteger>(_ number: Number) {
        var rest = number.littleEndian
        // The buffer is the number's own bytes.
        unsafe Swift.withUnsafeBytes(of: &rest) { unsafe append(contentsOf: $0) }
    }

    /// Appends the bytes of `span`. O(n).
    @inline(__always)
    mutating func append(bytesOf span: Span<UInt8>) {
        // The buffer is the span's own, and does not outlive the call.
        unsafe span.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }

    /// The little-endian 32-bit number at `offset`; nil if the buffer ends before.
    func number32(at offset: Int) -> UInt32? {
        guard offset >= 0, offset <= count - 4 else { return nil }
        return (0..<4).reduce(0) { $0 | UInt32(self[offset + $1]) << UInt32(8 * $1) }
    }
}
