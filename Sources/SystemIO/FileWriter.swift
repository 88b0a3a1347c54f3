#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file, or standard output, open for writing from its beginning. `deinit` closes it.
///
/// A regular file has one writer at a time (an advisory lock, `flock`). A second writer is refused, and the first one's file is
/// not touched.
///
/// It buffers nothing. Bytes that ``write(_:)`` accepted are with the kernel and survive the end of this process.
package struct FileWriter: ~Copyable {
    /// The treatment of a file that already exists.
    package enum Existing: Sendable {
        /// Truncated to zero bytes, as the shell's `>` does.
        case overwritten
        /// An error (`SystemError.alreadyExists`). The existing file is not touched.
        case refused
    }

    /// The path as given; "standard output" for standard output.
    package let name: String
    /// Bytes written since it was opened.
    package private(set) var byteCount: UInt64 = 0
    let descriptor: Int32
    private let isOwned: Bool

    /// Creates the file (mode 0666 less the umask).
    ///
    /// Errors: ``SystemError`` with the path.
    package init(path: String, existing: Existing) throws(SystemError) {
        let flags = O_WRONLY | O_CREAT | O_CLOEXEC | (existing == .refused ? O_EXCL : 0)
        let opened = try retryingInterrupted("create", path) { unsafe open(path, flags, 0o666) }
        do throws(SystemError) {
            try Self.claim(opened, path)
        } catch {
            close(opened)
            throw error
        }
        descriptor = opened
        name = path
        isOwned = true
    }

    /// Locks the file for this writer, and only then truncates it, because another process may be writing it.
    private static func claim(_ descriptor: Int32, _ path: String) throws(SystemError) {
        guard let status = status(of: descriptor), status.st_mode & S_IFMT == S_IFREG else { return }
        if flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
            throw SystemError(
                action: "write to", subject: path, number: EWOULDBLOCK,
                detail: "another process is writing it; name another file, or end that process first")
        }
        _ = try retryingInterrupted("truncate", path) { ftruncate(descriptor, 0) }
    }

    private static func status(of descriptor: Int32) -> stat? {
        var status = stat()
        // The kernel fills the structure declared above.
        return unsafe fstat(descriptor, &status) == 0 ? status : nil
    }

    /// Whether the file's name is gone, or belongs to another file now. Written bytes are then lost.
    package var hasVanished: Bool {
        guard isOwned, let mine = Self.status(of: descriptor), mine.st_mode & S_IFMT == S_IFREG else { return false }
        var found = stat()
        // The kernel fills the structure declared above.
        guard unsafe stat(name, &found) == 0 else { return errno == ENOENT || errno == ENOTDIR }
        return found.st_ino != mine.st_ino || found.st_dev != mine.st_dev
    }

    private init(standard descriptor: Int32, name: String) {
        self.descriptor = descriptor
        self.name = name
        isOwned = false
    }

    /// Standard output. It stays open when the writer is destroyed.
    package static var standardOutput: FileWriter { FileWriter(standard: STDOUT_FILENO, name: "standard output") }

    /// Standard error, for messages while a program works. It stays open when the writer is destroyed.
    package static var standardError: FileWriter { FileWriter(standard: STDERR_FILENO, name: "standard error") }

    /// Writes all of `bytes`, in as many calls as needed.
    ///
    /// Errors: ``SystemError``. After an error ``byteCount`` includes the bytes that were written before it.
    package mutating func write(_ bytes: Span<UInt8>) throws(SystemError) {
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

    /// Truncates the file to its first `length` bytes. A pipe or terminal cannot be truncated (EINVAL).
    package mutating func truncate(to length: UInt64) throws(SystemError) {
        _ = try retryingInterrupted("truncate", name) { ftruncate(descriptor, off_t(length)) }
        _ = try retryingInterrupted("seek in", name) { lseek(descriptor, off_t(length), SEEK_SET) }
        byteCount = length
    }

    mutating func setPermissions(_ mode: mode_t) throws(SystemError) {
        _ = try retryingInterrupted("set the permissions of", name) { fchmod(descriptor, mode) }
    }

    /// Waits until all data is on the disk.
    mutating func synchronize() throws(SystemError) {
        _ = try retryingInterrupted("write to", name) { fsync(descriptor) }
    }

    static func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
            unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        #else
            unsafe Darwin.write(descriptor, bytes.baseAddress, bytes.count)
        #endif
    }

    deinit { if isOwned { close(descriptor) } }
}
