import Foundation
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Files and pipes that are gone after the test.
enum TemporaryFile {
    static func with<Result>(_ bytes: [UInt8], _ body: (String) throws -> Result) throws -> Result {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("capture")
        try Data(bytes).write(to: file)
        return try body(file.path)
    }

    /// A named pipe, into which a thread writes `bite` bytes at a time.
    static func withPipe<Result>(_ bytes: [UInt8], bite: Int, _ body: (String) throws -> Result) throws -> Result {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("pipe").path
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

    static func folder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("statsreplay-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        return folder
    }
}
