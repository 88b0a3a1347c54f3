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

    /// Begins to fetch the cache lines of `count` bytes, at most 256. Bytes beyond the end are left out.
    package static func lines(of bytes: RawSpan, from start: Int, count: Int) {
        line(of: bytes, at: start)
        if count > 64 { line(of: bytes, at: start &+ 64) }
        if count > 128 { line(of: bytes, at: start &+ 128) }
        line(of: bytes, at: start &+ count &- 1)
    }
}
