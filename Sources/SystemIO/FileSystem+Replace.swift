#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension FileSystem {
    /// Writes a whole file atomically: first a hidden file beside it (`.NAME.RANDOM.tmp`), which is then renamed. Any reader
    /// finds either the old or the new content, complete, even if this process is killed at any moment. If the file cannot be
    /// written completely, the old one stays as it was. A link is followed to its file. The file's permissions stay.
    ///
    /// A path that is no regular file, such as a pipe, is written to directly.
    ///
    /// Errors: ``SystemError`` with the path.
    package static func replaceFile(_ path: String, with bytes: Span<UInt8>) throws(SystemError) {
        var status = stat()
        let exists = unsafe stat(path, &status) == 0
        if exists, status.st_mode & S_IFMT != S_IFREG {
            var writer = try FileWriter(path: path, existing: .overwritten)
            return try writer.write(bytes)
        }
        // Renaming needs only the folder's permission. This check keeps a protected file protected.
        if exists, unsafe access(path, W_OK) != 0 {
            throw SystemError(action: "write to", subject: path, number: errno)
        }
        let target = exists ? resolved(path) : path
        let folder = folder(of: target) ?? "."
        let name = target.split(separator: "/").last.map(String.init) ?? target
        let temporary = "\(folder)/.\(name).\(UInt64.random(in: 0 ... .max)).tmp"
        do throws(SystemError) {
            var writer = try FileWriter(path: temporary, existing: .refused)
            try writer.write(bytes)
            if exists { try writer.setPermissions(status.st_mode & 0o777) }
            try writer.synchronize()
            if unsafe rename(temporary, target) != 0 {
                throw SystemError(action: "rename", subject: temporary, number: errno)
            }
        } catch {
            _ = unsafe unlink(temporary)
            throw SystemError(action: error.action, subject: path, number: error.number)
        }
        synchronizeFolder(folder)
    }

    private static func resolved(_ path: String) -> String {
        // The C library allocates the string; it is freed below.
        guard let real = unsafe realpath(path, nil) else { return path }
        defer { unsafe free(real) }
        return unsafe String(cString: real)
    }

    /// Makes the new name survive a power failure, where the file system supports that. Elsewhere only this guarantee is
    /// missing.
    private static func synchronizeFolder(_ path: String) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        _ = fsync(descriptor)
        close(descriptor)
    }
}
