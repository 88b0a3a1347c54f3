#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What came through a pipe, kept so that it can be read more than once.
///
/// It lies in a file of the temporary folder that has no name: it is unlinked before the first byte is written, so the
/// system frees it when the last descriptor is closed, however the process ends. Any number of ``FileReader``s read it,
/// each at a place of its own.
package final class SpooledInput: Sendable, Equatable {
    package enum Failure: Error, Equatable {
        case system(SystemError)
        /// The pipe holds more than this many bytes.
        case tooLong(limit: UInt64)
    }

    /// The most that is kept of a pipe.
    package static let standardLimit: UInt64 = 1 << 30

    /// The pipe's name.
    package let name: String
    package let byteCount: UInt64
    let descriptor: Int32

    /// Reads the pipe to its end.
    ///
    /// - Parameter limit: bytes at most
    package init(reading path: String, limit: UInt64 = standardLimit) throws(Failure) {
        let descriptor: Int32
        do throws(SystemError) { descriptor = try Self.namelessFile() } catch { throw .system(error) }
        do throws(Failure) {
            let (name, count) = try Self.copy(path, to: descriptor, limit: limit)
            self.name = name
            byteCount = count
            self.descriptor = descriptor
        } catch {
            close(descriptor)
            throw error
        }
    }

    private static func copy(
        _ path: String, to descriptor: Int32, limit: UInt64
    ) throws(Failure) -> (name: String, count: UInt64) {
        do throws(SystemError) {
            var reader = try FileReader(path: path)
            var buffer = [UInt8](repeating: 0, count: 1 << 18)
            var total: UInt64 = 0
            while true {
                let count = try reader.read(into: &buffer, 0..<buffer.count)
                if count == 0 { return (reader.name, total) }
                total += UInt64(count)
                guard total <= limit else { break }
                try write(buffer.span.extracting(0..<count), to: descriptor)
            }
        } catch { throw .system(error) }
        throw .tooLong(limit: limit)
    }

    private static func write(_ bytes: Span<UInt8>, to descriptor: Int32) throws(SystemError) {
        var done = 0
        while done < bytes.count {
            let rest = bytes.extracting(droppingFirst: done)
            done += try retryingInterrupted("write to", "a temporary file in \(folder)") {
                // The pointer is the span's own and stays inside this call.
                unsafe rest.withUnsafeBytes { unsafe FileWriter.systemWrite(descriptor, $0) }
            }
        }
    }

    private static var folder: String {
        // The value lives as long as nobody changes the environment, which this program does not; it is copied at once.
        guard let value = unsafe getenv("TMPDIR") else { return "/tmp" }
        let text = unsafe String(cString: value)
        return text.isEmpty ? "/tmp" : text
    }

    /// A new file, for reading and writing, that has no name any more.
    private static func namelessFile() throws(SystemError) -> Int32 {
        var template = Array("\(folder)/statsreplay.XXXXXX".utf8CString)
        let descriptor = try retryingInterrupted("create a temporary file in", folder) {
            // mkstemp writes over the six letters of the array's own text.
            unsafe template.withUnsafeMutableBufferPointer { buffer in
                guard let start = buffer.baseAddress else { return -1 as Int32 }
                return unsafe mkstemp(start)
            }
        }
        // The array still ends with its zero.
        unsafe template.withUnsafeBufferPointer { buffer in
            if let start = buffer.baseAddress { _ = unsafe unlink(start) }
        }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        return descriptor
    }

    package static func == (a: SpooledInput, b: SpooledInput) -> Bool { a === b }

    deinit { close(descriptor) }
}
