import CPrefetch

/// Begins to fetch memory that is read soon. This is a hint: it changes no result, only the time that the reads take.
///
/// In a table larger than the processor's second-level cache, a look-up waits some 100 ns for each cache line that it reads. If
/// the lines of several look-ups are prefetched together, only the first look-up waits.
package enum Prefetch {
    /// Begins to fetch the cache line of one byte. Does nothing if the byte is outside the bytes.
    @inline(__always)
    package static func line(of bytes: RawSpan, at offset: Int) {
        guard offset >= 0, offset < bytes.byteCount else { return }
        unsafe bytes.withUnsafeBytes { buffer in
            // In bounds, by the guard; nothing is read.
            if let start = buffer.baseAddress { unsafe cprefetch_line(start + offset) }
        }
    }

    /// Begins to fetch the cache line of any memory address. Nothing is read there.
    @inline(__always)
    static func line(at address: Int) { unsafe cprefetch_line(UnsafeRawPointer(bitPattern: address)) }

    /// The numbers of up to 16 rows of an array. Negative numbers are skipped.
    package typealias Rows = InlineArray<16, Int32>

    /// Begins to fetch the first `count` of these rows of `stride` bytes. Rows beyond the end of the bytes are skipped.
    package static func rows(_ rows: Rows, count: Int, of bytes: RawSpan, stride: Int) {
        unsafe bytes.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress else { return }
            // Reading an element of the inline array itself would copy the whole array.
            let rows = rows.span
            for index in 0..<count where rows[index] >= 0 {
                let start = Int(rows[index]) &* stride
                guard start &+ stride <= buffer.count else { continue }
                // The row is in bounds, by the guard. Nothing is read.
                var offset = 0
                while offset < stride {
                    unsafe cprefetch_line(base + (start &+ offset))
                    offset &+= 64
                }
                unsafe cprefetch_line(base + (start &+ stride &- 1))
            }
        }
    }
}
