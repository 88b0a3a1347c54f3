/// Why a live capture cannot begin or continue.
package enum LiveCaptureError: Error, Equatable, Sendable {
    /// There is no device of that name (exit 69).
    case unknownInterface(String)
    /// This process has no permission to capture (exit 77).
    case notPermitted(interface: String)
    /// The device exists, but is not up (exit 69).
    case interfaceDown(String)
    /// libpcap does not understand the expression; the reason is libpcap's message (exit 64).
    case badFilter(expression: String, reason: String)
    /// The device went away during the capture, or libpcap failed (exit 69).
    case failed(interface: String, reason: String)
}
