/// What a datagram is that was seen before.
enum DuplicateRule {
    /// The same datagram lies between two vantage points for no longer than this, in nanoseconds of the capture's clock.
    static let window: Int64 = 20_000_000

    enum Finding: Equatable {
        /// Not seen before, or nothing speaks for its being the same.
        case first
        /// Seen before, from another vantage point: it was sent once.
        case proven
        /// It may have been sent once, and nothing proves it.
        case unproven
    }

    /// - Parameters:
    ///   - isSecond: the vantage point is behind others that have shown the datagram, so that it shows one of theirs
    ///   - hasDoor: the kernel says through which other interface or in which other direction (`any`) it was seen: it shows
    ///     each packet of one flow at each of the same doors, identification or none
    @inline(__always)
    static func finding(isSecond: Bool, hasIdentification: Bool, hasDoor: Bool) -> Finding {
        if isSecond { return hasIdentification || hasDoor ? .proven : .unproven }
        // From the same vantage point equal payloads are ordinary; with equal identifications they are not.
        return hasIdentification ? .unproven : .first
    }
}
