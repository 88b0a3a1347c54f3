/// Why a live capture cannot begin or go on.
package enum LiveCaptureError: Error, Equatable, Sendable {
    /// No device of that name (exit 69).
    case unknownInterface(String)
    /// This process may not capture (exit 77).
    case notPermitted(interface: String)
    /// The device is there, but not up (exit 69).
    case interfaceDown(String)
    /// libpcap does not understand the expression; its own words (exit 64).
    case badFilter(expression: String, reason: String)
    /// The device went away while capturing, or libpcap failed (exit 69).
    case failed(interface: String, reason: String)
}
