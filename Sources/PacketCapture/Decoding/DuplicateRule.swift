/// Decides whether a datagram that was seen before is a duplicate capture.
enum DuplicateRule {
    /// The most time between two captures of the same datagram at two vantage points, in nanoseconds of the capture's clock.
    static let window: Int64 = 20_000_000

    enum Finding: Equatable {
        /// Not seen before, or no evidence that it is the same datagram.
        case first
        /// Seen before from another vantage point: it was sent once.
        case proven
        /// It may have been sent only once, but nothing proves it.
        case unproven
    }

    /// - Parameters:
    ///   - isSecond: whether the vantage point has shown fewer packets than others, so that this packet is one that they showed
    ///     before
    ///   - hasKernelVantage: whether the kernel says through which other interface or in which other direction (`any`) the packet
    ///     was seen. Every packet of a flow is then seen at each of these points, with or without identification.
    @inline(__always)
    static func finding(isSecond: Bool, hasIdentification: Bool, hasKernelVantage: Bool) -> Finding {
        if isSecond { return hasIdentification || hasKernelVantage ? .proven : .unproven }
        // From one vantage point equal payloads are ordinary. Equal payloads with equal identifications are not.
        return hasIdentification ? .unproven : .first
    }
}
