import CPrefetch

/// Lets memory fetch what is read soon. A hint: it changes no result, only how long the reading waits.
///
/// One look-up in a table larger than the processor's second-level cache waits some 100 ns for each line that it reads. Of several
/// look-ups whose lines were all asked for beforehand, only the first one waits.
package enum Prefetch {
    /// Begins to fetch the cache line of one byte; nothing where the bytes end before it.
    @inline(__always)
    package static func line(of bytes: RawSpan, at offset: Int) {
        guard offset >= 0, offset < bytes.byteCount else { return }
        unsafe bytes.withUnsafeBytes { buffer in
            // In bounds, by the guard; nothing is read.
            if let start = buffer.baseAddress { unsafe cprefetch_line(start + offset) }
        }
    }

    /// Begins to fetch the cache lines of up to 256 bytes; nothing of what lies behind the end.
    package static func lines(of bytes: RawSpan, from start: Int, count: Int) {
        line(of: bytes, at: start)
        if count > 64 { line(of: bytes, at: start &+ 64) }
        if count > 128 { line(of: bytes, at: start &+ 128) }
        line(of: bytes, at: start &+ count &- 1)
    }
}
