#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Operations on files by name.
package enum FileSystem {
    /// Creates the folder and its parents. An existing folder is no error.
    package static func createFolder(_ path: String) throws(SystemError) {
        var prefix = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            prefix += prefix.isEmpty || prefix.hasSuffix("/") ? String(part) : "/\(part)"
            if unsafe mkdir(prefix, 0o777) == 0 || errno == EEXIST { continue }
            throw SystemError(action: "create the folder", subject: prefix, number: errno)
        }
    }

    /// Removes the file. A missing file is no error.
    package static func removeFile(_ path: String) throws(SystemError) {
        if unsafe unlink(path) == 0 || errno == ENOENT { return }
        throw SystemError(action: "remove", subject: path, number: errno)
    }

    /// The folder part of a path, or nil if it has none.
    package static func folder(of path: String) -> String? {
        guard let slash = path.lastIndex(of: "/") else { return nil }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The content of a small system file (sysfs) as one trimmed line. nil if it cannot be read.
    static func line(of path: String) -> String? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 256)
        // The kernel writes at most the array's own length.
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
        guard count > 0 else { return nil }
        let text = String(decoding: bytes[..<count], as: UTF8.self)
        return text.split(whereSeparator: \.isNewline).first.map(String.init)
    }
}
