/// UDP (RFC 768): source port 2, destination port 2, length 2 (header and payload), checksum 2.
struct UDPHeader {
    static let byteCount = 8

    enum Checksum: Equatable {
        case fits
        /// The sender made none (0 over IPv4), or it cannot be known here.
        case none
        /// The pseudo-header's sum, which the kernel leaves for the device to complete.
        case offloaded
        case bad
    }

    var sourcePort: UInt16
    var destinationPort: UInt16
    /// The payload, as positions in the packet.
    var lower: Int
    var upper: Int
    private let hasLength: Bool

    /// Reads the header at `ip.lower`. Throws `otherPort` as soon as the destination port is known not to be wanted.
    @inline(__always)
    init(_ packet: RawSpan, _ ip: IPHeader, wanted ports: PortSet) throws(SkipReason) {
        let start = ip.lower
        try SkipReason.check(start &+ 4, captured: packet.byteCount, declared: ip.upper)
        sourcePort = packet.big16(at: start)
        destinationPort = packet.big16(at: start &+ 2)
        guard ports.contains(destinationPort) else { throw .otherPort }
        try SkipReason.check(start &+ Self.byteCount, captured: packet.byteCount, declared: ip.upper)
        let count = Int(packet.big16(at: start &+ 4))
        let available = ip.upper &- start
        lower = start &+ Self.byteCount
        hasLength = count != 0
        if hasLength {
            guard count >= Self.byteCount, count <= available else { throw .malformed }
            upper = start &+ count
        } else {
            // A jumbogram (RFC 2675), or a super-packet too long for the field.
            guard ip.isLengthOpen || available > IPHeader.longestPayload else { throw .malformed }
            upper = ip.upper
        }
        if upper > packet.byteCount { throw .truncated }
    }

    var payloadCount: Int { upper &- lower }

    /// Judges the checksum over a datagram that was captured as a whole. O(payload), eight bytes a step.
    @inline(__always)
    func checksum(_ packet: RawSpan, _ ip: IPHeader) -> Checksum {
        let field = packet.big16(at: lower &- 2)
        if field == 0 { return ip.isIPv6 ? .bad : .none }
        guard hasLength, !ip.isRouted else { return .none }
        let start = lower &- Self.byteCount
        let pseudo = InternetChecksum.pseudoHeader(ip, udpCount: upper &- start)
        let sum = InternetChecksum.fold(InternetChecksum.sum(packet, start, upper) &+ pseudo)
        if sum == 0xFFFF { return .fits }
        return InternetChecksum.fold(pseudo) == field ? .offloaded : .bad
    }
}
