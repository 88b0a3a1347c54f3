import CDeflate
package import PacketCapture
import SystemIO

extension CaptureIdentity {
    /// Reads the whole file once for its size and checksum. O(file), with one mebibyte of memory. `-` is standard input.
    ///
    /// A pipe is read to its end into an unnamed temporary file, which is then replayed. It may hold up to
    /// ``SystemIO/SpooledInput/standardLimit`` bytes.
    ///
    /// Errors: ``CaptureError`` if it cannot be opened or read, is a folder or a device, or is a pipe with too much data.
    package init(reading path: String) throws(CaptureError) {
        try self.init(reading: path, pipeLimit: SpooledInput.standardLimit)
    }

    package init(reading path: String, pipeLimit: UInt64) throws(CaptureError) {
        try CaptureError.refuseDevices(path)
        var spool: SpooledInput?
        if FileKind(path: path) == .pipe || path == "-" { spool = try Self.spool(path, limit: pipeLimit) }
        var byteCount: UInt64 = 0
        var crc: UInt32 = 0
        do throws(SystemError) {
            var file = if let spool { FileReader(spool) } else { try FileReader(path: path) }
            var buffer = [UInt8](repeating: 0, count: 1 << 20)
            while true {
                let count = try file.read(into: &buffer, 0..<buffer.count)
                if count == 0 { break }
                byteCount += UInt64(count)
                // The read just wrote `count` bytes of the buffer.
                crc = unsafe buffer.withUnsafeBytes { unsafe libdeflate_crc32(crc, $0.baseAddress, count) }
            }
        } catch {
            throw CaptureError(error, file: path, packetNumber: nil, byteOffset: byteCount)
        }
        self.init(name: Self.lastPart(of: path), path: path, byteCount: byteCount, crc32: crc)
        self.spool = spool
    }

    private static func spool(_ path: String, limit: UInt64) throws(CaptureError) -> SpooledInput {
        let name = path == "-" ? "standard input" : path
        do throws(SpooledInput.Failure) {
            return try SpooledInput(reading: path, limit: limit)
        } catch {
            switch error {
            case .system(let error): throw CaptureError(error, file: name, packetNumber: nil, byteOffset: 0)
            case .tooLong(let limit):
                throw CaptureError(
                    kind: .unusable, file: name, packetNumber: nil, byteOffset: limit,
                    reason: "the pipe holds more than \(limit) bytes, which is what is kept of a pipe: store the capture in a file "
                        + "and name that")
            }
        }
    }

    private static func lastPart(of path: String) -> String {
        path == "-" ? "standard input" : String(path.split(separator: "/").last ?? "capture")
    }
}

extension DatagramReader {
    /// Opens a capture again, at its beginning.
    init(_ capture: CaptureIdentity, ports: PortSet, rules: ReadingRules) throws(CaptureError) {
        if let spool = capture.spool {
            try self.init(spool, ports: ports, rules: rules)
        } else {
            try self.init(path: capture.path, ports: ports, rules: rules)
        }
    }
}
