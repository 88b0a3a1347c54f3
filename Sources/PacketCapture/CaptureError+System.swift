public import SystemIO

extension CaptureError {
    /// What the system answered when a capture was opened or read, in the terms of captures.
    public init(_ error: SystemError, file: String, packetNumber: UInt64?, byteOffset: UInt64) {
        let kind: Kind
        var reason = error.reason
        if error.isMissing {
            kind = .missing
        } else if error.isPermission {
            kind = .notPermitted
        } else if error.isDirectory {
            kind = .unusable
            reason = "this is a folder, not a capture file"
        } else {
            kind = .inputFailed
        }
        self.init(kind: kind, file: file, packetNumber: packetNumber, byteOffset: byteOffset, reason: reason)
    }
}
