import CLinuxNet

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The content of a pipe, stored so that it can be read more than once.
///
/// It is stored in a nameless file in the temporary folder. The file is unlinked before the first byte is written, so the
/// system frees it when the last descriptor is closed, however the process ends. Any number of ``FileReader``s can read it,
/// each at its own position.
package final class SpooledInput: Sendable, Equatable {
    /// Why a pipe cannot be spooled.
    package enum Failure: Error, Equatable {
        case system(SystemError)
        /// The pipe holds more than this many bytes.
        case tooLong(limit: UInt64)
    }

    /// The most bytes of a pipe that are stored by default: 1 GiB.
    package static let standardLimit: UInt64 = 1 << 30

    /// The pipe's name.
    package let name: String
    /// The bytes that the pipe held.
    package let byteCount: UInt64
    let descriptor: Int32

    /// Reads the pipe to its end.
    /// - Parameter limit: the most bytes to store
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
        // The string is valid until the environment changes. This program never changes it, and copies the string at once.
        guard let value = unsafe getenv("TMPDIR") else { return "/tmp" }
        let text = unsafe String(cString: value)
        return text.isEmpty ? "/tmp" : text
    }

    /// Creates a file for reading and writing, and removes its name.
    private static func namelessFile() throws(SystemError) -> Int32 {
        var template = Array("\(folder)/statsreplay.XXXXXX".utf8CString)
        let descriptor = try retryingInterrupted("create a temporary file in", folder) {
            // The call writes over the six letters of the array's own text.
            unsafe template.withUnsafeMutableBufferPointer { buffer in
                guard let start = buffer.baseAddress else { return -1 as Int32 }
                return unsafe clinuxnet_temporary_file(start)
            }
        }
        // The array still ends with a zero.
        unsafe template.withUnsafeBufferPointer { buffer in
            if let start = buffer.baseAddress { _ = unsafe unlink(start) }
        }
        return descriptor
    }

    package static func == (a: SpooledInput, b: SpooledInput) -> Bool { a === b }

    deinit { close(descriptor) }
}
