#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension FileSystem {
    /// Writes a whole file: into a hidden file beside it (`.NAME.RANDOM.tmp`), which then takes its name. Whoever reads
    /// meanwhile, or after this process was killed at any moment, finds the old contents or the new ones, whole; a file
    /// that cannot be written whole leaves the old one as it was. A link leads to its file; the file's permissions stay.
    ///
    /// What is no regular file, such as a pipe, is written to as it is.
    ///
    /// Errors: ``SystemError`` with the path.
    package static func replaceFile(_ path: String, with bytes: Span<UInt8>) throws(SystemError) {
        var status = stat()
        let exists = unsafe stat(path, &status) == 0
        if exists, status.st_mode & S_IFMT != S_IFREG {
            var writer = try FileWriter(path: path, existing: .overwritten)
            return try writer.write(bytes)
        }
        // Renaming asks only for the folder's permission; a file that is protected stays protected.
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
        // Allocated by the C library for us, and freed below.
        guard let real = unsafe realpath(path, nil) else { return path }
        defer { unsafe free(real) }
        return unsafe String(cString: real)
    }

    /// The new name survives a loss of power where the file system can do that; elsewhere nothing is lost but that.
    private static func synchronizeFolder(_ path: String) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        _ = fsync(descriptor)
        close(descriptor)
    }
}
