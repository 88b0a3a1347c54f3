#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file, pipe or standard input, open for reading from where it stands. Closes its file when it goes.
///
/// It buffers nothing and seeks nowhere, so a pipe is as good as a file.
public struct FileReader: ~Copyable {
    /// The path as given; "standard input" for `-`.
    public let name: String
    private let descriptor: Int32
    private let isOwned: Bool

    /// Opens the file; `-` is standard input, which stays open when the reader goes.
    ///
    /// Errors: ``SystemError`` with the path. A folder opens; reading it is refused (``SystemError/isDirectory``).
    public init(path: String) throws(SystemError) {
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
    public mutating func read(into buffer: inout [UInt8], _ range: Range<Int>) throws(SystemError) -> Int {
        precondition(range.lowerBound >= 0 && range.upperBound <= buffer.count, "a read outside its buffer")
        guard !range.isEmpty else { return 0 }
        return try retryingInterrupted("read", name) {
            unsafe buffer.withUnsafeMutableBytes { bytes in
                // The range lies inside the buffer, by the precondition above.
                let target = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[range])
                return unsafe Self.systemRead(descriptor, target)
            }
        }
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
    public var isMissing: Bool { number == ENOENT || number == ENOTDIR }
    public var isDirectory: Bool { number == EISDIR }
}
