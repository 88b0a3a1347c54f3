#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What stands at a path, its links followed.
package enum FileKind: Equatable, Sendable {
    case regular, folder
    /// A named or unnamed pipe, or a socket: what it holds comes once.
    case pipe
    /// A device that is no terminal, and one that is.
    case device, terminal

    /// nil where nothing is there, or nothing can be known of it. `-` is standard input.
    package init?(path: String) {
        var status = stat()
        // The kernel fills the structure, which is ours.
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
        // Without waiting, and without becoming the process's terminal.
        let descriptor = unsafe open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return isatty(descriptor) == 1
    }
}
