#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file, pipe or standard input, open for reading from where it stands. Closes its file when it goes.
///
/// It buffers nothing and seeks nowhere, so a pipe is as good as a file.
package struct FileReader: ~Copyable {
    /// The path as given; "standard input" for `-`.
    package let name: String
    private let descriptor: Int32
    private let isOwned: Bool
    /// Keeps the descriptor of a spooled pipe open; nil for a file.
    private let spool: SpooledInput?
    /// Where the next read of a spooled pipe begins; its readers share one descriptor.
    private var position: UInt64 = 0

    /// Reads what came through a pipe, from its beginning.
    package init(_ spool: SpooledInput) {
        name = spool.name
        descriptor = spool.descriptor
        isOwned = false
        self.spool = spool
    }

    /// Opens the file; `-` is standard input, which stays open when the reader goes.
    ///
    /// Errors: ``SystemError`` with the path. A folder opens; reading it is refused (``SystemError/isDirectory``).
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

    /// Reads into `buffer[range]`, as much as is there now, and waits only while nothing is.
    ///
    /// Answers how many bytes came; 0 at the end of the file, or where the range is empty.
    /// A range outside the buffer traps. Errors: ``SystemError``.
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
    /// No such file, or a part of its path is no folder.
    package var isMissing: Bool { number == ENOENT || number == ENOTDIR }
    package var isDirectory: Bool { number == EISDIR }
}
