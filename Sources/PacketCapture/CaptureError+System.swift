package import SystemIO

extension CaptureError {
    /// Translates the system's error on opening or reading a capture into a ``CaptureError``.
    package init(_ error: SystemError, file: String, packetNumber: UInt64?, byteOffset: UInt64) {
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

    /// Refuses a path that can never hold a capture: a device, a terminal, a folder. A missing file is reported when it is
    /// opened.
    package static func refuseDevices(_ path: String) throws(CaptureError) {
        let reason: String
        switch FileKind(path: path) {
        case .folder: reason = "this is a folder, not a capture file"
        case .device: reason = "this is a device, not a capture file; statsreplay capture records from an interface"
        case .terminal: reason = "this is a terminal, not a capture file: name a file, or pipe a capture in"
        case .regular, .pipe, nil: return
        }
        throw CaptureError(
            kind: .unusable, file: path == "-" ? "standard input" : path, packetNumber: nil, byteOffset: 0, reason: reason)
    }
}
