import Foundation
import SystemIO

/// Prints on standard output. If the output cannot be written, the command fails.
enum StandardOutput {
    /// Occupies each standard stream that was closed before the program began. Otherwise the next file to be opened would get
    /// its number, and the printed text. Writing to an occupied stream fails, like writing to a closed one.
    static func reserve() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) == -1 {
            _ = unsafe open("/dev/null", O_RDONLY)
        }
    }

    /// Writes one or more lines, and ends the last with a line break.
    ///
    /// - Throws: ``CommandFailure`` with ``ExitStatus/cannotWrite`` if the system does not accept all of it
    static func print(_ text: String = "") throws { try write(text + "\n") }

    /// Writes text unchanged. Throws like ``print(_:)``.
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
