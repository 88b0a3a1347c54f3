package import SystemIO

/// Why a capture cannot begin or go on: the device's side, or the output's.
package enum CaptureFailure: Error, Equatable, Sendable {
    case device(LiveCaptureError)
    case output(SystemError)
}
