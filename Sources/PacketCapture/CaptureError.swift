/// A capture that cannot be read (further): which file, which packet, which byte, what to do.
public struct CaptureError: Error, Equatable, CustomStringConvertible {
    public enum Kind: Equatable, Sendable {
        /// No such file, or it cannot be opened (exit 66, 77).
        case missing, notPermitted
        /// The bytes are not a capture, or are broken (exit 65).
        case unusable
        case inputFailed
    }
    public var kind: Kind
    public var file: String
    /// The packet being read, counted from 1; nil before the first.
    public var packetNumber: UInt64?
    /// Where in the file, in bytes.
    public var byteOffset: UInt64
    public var reason: String
    /// Whether the reason says what to do, so that nobody adds advice of a general kind.
    package var saysWhatToDo = false

    public init(kind: Kind, file: String, packetNumber: UInt64?, byteOffset: UInt64, reason: String) {
        self.kind = kind
        self.file = file
        self.packetNumber = packetNumber
        self.byteOffset = byteOffset
        self.reason = reason
    }

    public var description: String {
        switch kind {
        case .missing, .notPermitted: return "\(file): \(reason)"
        case .unusable, .inputFailed: break
        }
        let packet = packetNumber.map { ", packet \($0)" } ?? ""
        return "\(file)\(packet), byte \(byteOffset): \(reason)"
    }
}
