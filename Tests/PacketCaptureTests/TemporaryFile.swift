import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Files and pipes that are gone after the test.
enum TemporaryFile {
    static func with<Result>(_ bytes: [UInt8], _ body: (String) throws -> Result) throws -> Result {
        let folder = try TemporaryFolder()
        return try body(try folder.write(bytes, to: "capture"))
    }

    /// A named pipe, into which a thread writes `bite` bytes at a time.
    static func withPipe<Result>(_ bytes: [UInt8], bite: Int, _ body: (String) throws -> Result) throws -> Result {
        let folder = try TemporaryFolder()
        let path = folder.path("pipe")
        try #require(unsafe mkfifo(path, 0o600) == 0)
        let writer = Thread {
            guard let handle = FileHandle(forWritingAtPath: path) else { return }
            for start in stride(from: 0, to: bytes.count, by: bite) {
                try? handle.write(contentsOf: Data(bytes[start..<min(start + bite, bytes.count)]))
            }
            try? handle.close()
        }
        writer.start()
        return try body(path)
    }
}
