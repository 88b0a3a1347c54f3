#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The kind of file at a path. Links are followed.
package enum FileKind: Equatable, Sendable {
    case regular, folder
    /// A pipe, named or unnamed, or a socket. Its content can be read only once.
    case pipe
    /// A device that is no terminal, and a terminal.
    case device, terminal

    /// nil where nothing exists, or nothing can be found out. `-` is standard input.
    package init?(path: String) {
        var status = stat()
        // The kernel fills the structure declared above.
        let isKnown = unsafe path == "-" ? fstat(STDIN_FILENO, &status) == 0 : stat(path, &status) == 0
        guard isKnown else { return nil }
        switch status.st_mode & S_IFMT {
        case S_IFREG: self = .regular
        case S_IFDIR: self = .folder
        case S_IFIFO, S_IFSOCK: self = .pipe
        case S_IFCHR: self = Self.isTerminal(path) ? .terminal : .device
        default: self = .device
        }
    }

    private static func isTerminal(_ path: String) -> Bool {
        if path == "-" { return isatty(STDIN_FILENO) == 1 }
        // Opened without waiting, and without becoming the process's terminal.
        let descriptor = unsafe open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return isatty(descriptor) == 1
    }
}
