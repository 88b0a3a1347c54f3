#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file, or standard output, open for writing from its beginning. Closes its file when it goes.
///
/// It buffers nothing: what ``write(_:)`` took is in the kernel's hands, and survives the end of this process.
public struct FileWriter: ~Copyable {
    public enum Existing: Sendable {
        /// Cut to nothing, as the shell's `>` does.
        case overwritten
        /// An error (`SystemError.alreadyExists`), so that nobody's file is touched.
        case refused
    }

    /// The path as given; "standard output" for that.
    public let name: String
    /// Bytes written since it was opened.
    public private(set) var byteCount: UInt64 = 0
    private let descriptor: Int32
    private let isOwned: Bool

    /// Creates the file (mode 0666 less the umask).
    ///
    /// Errors: ``SystemError`` with the path.
    public init(path: String, existing: Existing) throws(SystemError) {
        let flags = O_WRONLY | O_CREAT | O_CLOEXEC | (existing == .refused ? O_EXCL : O_TRUNC)
        descriptor = try retryingInterrupted("create", path) { unsafe open(path, flags, 0o666) }
        name = path
        isOwned = true
    }

    private init(standard descriptor: Int32, name: String) {
        self.descriptor = descriptor
        self.name = name
        isOwned = false
    }

    /// Standard output; it stays open when the writer goes.
    public static var standardOutput: FileWriter { FileWriter(standard: STDOUT_FILENO, name: "standard output") }

    /// Standard error, for what a program says while it works.
    public static var standardError: FileWriter { FileWriter(standard: STDERR_FILENO, name: "standard error") }

    /// Whether a person looks at it.
    public var isTerminal: Bool { isatty(descriptor) == 1 }

    /// Writes all of `bytes`, in as many calls as it takes.
    ///
    /// Errors: ``SystemError``; then ``byteCount`` says how much was written before it.
    public mutating func write(_ bytes: Span<UInt8>) throws(SystemError) {
        var done = 0
        while done < bytes.count {
            let rest = bytes.extracting(droppingFirst: done)
            let count = try retryingInterrupted("write to", name) {
                // The pointer is the span's own and stays inside this call.
                unsafe rest.withUnsafeBytes { unsafe Self.systemWrite(descriptor, $0) }
            }
            done += count
            byteCount += UInt64(count)
        }
    }

    /// Cuts the file to its first `length` bytes; a pipe or terminal cannot be cut (EINVAL).
    public mutating func truncate(to length: UInt64) throws(SystemError) {
        _ = try retryingInterrupted("truncate", name) { ftruncate(descriptor, off_t(length)) }
        _ = try retryingInterrupted("seek in", name) { lseek(descriptor, off_t(length), SEEK_SET) }
        byteCount = length
    }

    mutating func setPermissions(_ mode: mode_t) throws(SystemError) {
        _ = try retryingInterrupted("set the permissions of", name) { fchmod(descriptor, mode) }
    }

    /// Waits until the disk has everything.
    mutating func synchronize() throws(SystemError) {
        _ = try retryingInterrupted("write to", name) { fsync(descriptor) }
    }

    private static func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
            unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        #else
            unsafe Darwin.write(descriptor, bytes.baseAddress, bytes.count)
        #endif
    }

    deinit { if isOwned { close(descriptor) } }
}
