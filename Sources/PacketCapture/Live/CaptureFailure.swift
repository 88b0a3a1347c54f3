package import SystemIO

/// Why a capture cannot begin or continue: a failure of the device or of the output.
package enum CaptureFailure: Error, Equatable, Sendable {
    case device(LiveCaptureError)
    case output(SystemError)
}
