#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file, pipe or standard input, open for reading from its current position. `deinit` closes it.
///
/// It neither buffers nor seeks, so a pipe works as well as a file.
package struct FileReader: ~Copyable {
    /// The path as given; "standard input" for `-`.
    package let name: String
    let descriptor: Int32
    private let isOwned: Bool
    /// Keeps the descriptor of a spooled pipe open; nil for a file.
    private let spool: SpooledInput?
    /// The position of the next read of a spooled pipe, because all its readers share one descriptor.
    private var position: UInt64 = 0

    /// Reads the content of a spooled pipe from its beginning.
    package init(_ spool: SpooledInput) {
        name = spool.name
        descriptor = spool.descriptor
        isOwned = false
        self.spool = spool
    }

    /// Opens the file. `-` is standard input, which stays open when the reader is destroyed.
    ///
    /// Errors: ``SystemError`` with the path. Opening a folder succeeds, and reading it fails (``SystemError/isDirectory``).
    package init(path: String) throws(SystemError) {
        spool = nil
        guard path != "-" else {
            name = "standard input"
            descriptor = STDIN_FILENO
            isOwned = false
            return
        }
        descriptor = try retryingInterrupted("open", path) { unsafe open(path, O_RDONLY | O_CLOEXEC) }
        name = path
        isOwned = true
    }

    /// Reads the bytes that are available into `buffer[range]`. Waits only while there are none.
    ///
    /// Returns how many bytes were read; 0 at the end of the file, or where the range is empty. Traps for a range outside the
    /// buffer. Errors: ``SystemError``.
    package mutating func read(into buffer: inout [UInt8], _ range: Range<Int>) throws(SystemError) -> Int {
        precondition(range.lowerBound >= 0 && range.upperBound <= buffer.count, "a read outside its buffer")
        guard !range.isEmpty else { return 0 }
        let offset: UInt64? = spool == nil ? nil : position
        let count = try retryingInterrupted("read", name) {
            unsafe buffer.withUnsafeMutableBytes { bytes in
                // The range lies inside the buffer, by the precondition above.
                let target = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[range])
                guard let offset else { return unsafe Self.systemRead(descriptor, target) }
                return unsafe pread(descriptor, target.baseAddress, target.count, off_t(offset))
            }
        }
        position += UInt64(count)
        return count
    }

    private static func systemRead(_ descriptor: Int32, _ bytes: UnsafeMutableRawBufferPointer) -> Int {
        #if canImport(Glibc)
            unsafe Glibc.read(descriptor, bytes.baseAddress, bytes.count)
        #else
            unsafe Darwin.read(descriptor, bytes.baseAddress, bytes.count)
        #endif
    }

    deinit {
        if isOwned { close(descriptor) }
    }
}

extension SystemError {
    /// Whether the file does not exist, or a part of its path is no folder.
    package var isMissing: Bool { number == ENOENT || number == ENOTDIR }
    /// Whether the path is a folder.
    package var isDirectory: Bool { number == EISDIR }
}
