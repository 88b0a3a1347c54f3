/// Why a capture cannot be read, or read any further: the file, the packet, the byte and the remedy.
package struct CaptureError: Error, Equatable, CustomStringConvertible {
    /// The class of the error, which decides the exit code.
    package enum Kind: Equatable, Sendable {
        /// No such file, or it cannot be opened (exit 66, 77).
        case missing, notPermitted
        /// The bytes are no capture, or the capture is broken (exit 65).
        case unusable
        case inputFailed
    }
    package var kind: Kind
    package var file: String
    /// The packet being read, counted from 1; nil before the first.
    package var packetNumber: UInt64?
    /// Where in the file, in bytes.
    package var byteOffset: UInt64
    /// The reason in words, for the user.
    package var reason: String
    /// Whether the reason already names a remedy. General advice is then left out.
    package var saysWhatToDo = false

    package init(kind: Kind, file: String, packetNumber: UInt64?, byteOffset: UInt64, reason: String) {
        self.kind = kind
        self.file = file
        self.packetNumber = packetNumber
        self.byteOffset = byteOffset
        self.reason = reason
    }

    package var description: String {
        switch kind {
        case .missing, .notPermitted: return "\(file): \(reason)"
        case .unusable, .inputFailed: break
        }
        let packet = packetNumber.map { ", packet \($0)" } ?? ""
        return "\(file)\(packet), byte \(byteOffset): \(reason)"
    }
}
