/// Why a packet gives no datagram. Each reason has its count in ``SkippedCounts``.
enum SkipReason: Error, Equatable {
    case truncated, notUDP, otherPort, malformed
    /// In a tunnel that cannot be read: unknown kind, broken, or deeper than ``TunnelPath/mostLayers``.
    case tunnel
    /// A wrong checksum, of the IP header or of UDP.
    case checksum

    /// Checks a read that ends at `end`. Returns if the bytes were captured, throws truncated if the packet had them only on
    /// the wire, and malformed if it never had them.
    @inline(__always)
    static func check(_ end: Int, captured: Int, declared: Int) throws(SkipReason) {
        if end <= captured && end <= declared { return }
        throw end <= declared ? .truncated : .malformed
    }
}

extension SkippedCounts {
    mutating func add(_ reason: SkipReason, packets: UInt64 = 1) {
        switch reason {
        case .truncated: truncated &+= packets
        case .notUDP: notUDP &+= packets
        case .otherPort: otherPort &+= packets
        case .malformed: malformed &+= packets
        case .tunnel: tunnel &+= packets
        case .checksum: checksum &+= packets
        }
    }
}
