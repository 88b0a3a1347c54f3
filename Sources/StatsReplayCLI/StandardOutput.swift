import Foundation
import SystemIO

/// What commands print on standard output. A report that nobody can read is no success.
enum StandardOutput {
    /// Takes the place of each standard stream that was closed before the program began; else the next file to be opened
    /// would get its number, and what is printed. Writing to it fails, as to a closed one.
    static func reserve() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) == -1 {
            _ = unsafe open("/dev/null", O_RDONLY)
        }
    }

    /// Writes a line, or lines, and the end of the last.
    ///
    /// - Throws: ``CommandFailure`` with ``ExitStatus/cannotWrite`` where the system does not take all of it
    static func print(_ text: String = "") throws { try write(text + "\n") }

    /// Writes text as it is; throws as ``print(_:)`` does.
    static func write(_ data: Data) throws { try write(String(decoding: data, as: UTF8.self)) }

    private static func write(_ text: String) throws {
        var writer = FileWriter.standardOutput
        do {
            try writer.write(text.utf8Span.span)
        } catch {
            throw CommandFailure(status: .cannotWrite, message: "\(error)")
        }
    }
}
