import CDeflate
public import PacketCapture
import SystemIO

extension CaptureIdentity {
    /// Reads the whole file once for its size and checksum. O(file), one mebibyte of memory.
    ///
    /// Errors: ``CaptureError`` when it cannot be opened or read.
    public init(reading path: String) throws(CaptureError) {
        var byteCount: UInt64 = 0
        var crc: UInt32 = 0
        do throws(SystemError) {
            var file = try FileReader(path: path)
            var buffer = [UInt8](repeating: 0, count: 1 << 20)
            while true {
                let count = try file.read(into: &buffer, 0..<buffer.count)
                if count == 0 { break }
                byteCount += UInt64(count)
                // `count` bytes of the buffer were just written by the read.
                crc = unsafe buffer.withUnsafeBytes { unsafe libdeflate_crc32(crc, $0.baseAddress, count) }
            }
        } catch {
            throw CaptureError(error, file: path, packetNumber: nil, byteOffset: byteCount)
        }
        self.init(name: Self.lastPart(of: path), path: path, byteCount: byteCount, crc32: crc)
    }

    private static func lastPart(of path: String) -> String {
        String(path.split(separator: "/").last ?? "capture")
    }
}
