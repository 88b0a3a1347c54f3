/// UDP (RFC 768): source port 2, destination port 2, length 2 (header and payload), checksum 2.
struct UDPHeader {
    static let byteCount = 8

    enum Checksum: Equatable {
        case fits
        /// The sender made none (0 over IPv4), or it cannot be verified here.
        case none
        /// The sum of the pseudo-header, which the kernel leaves to the device to complete.
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
            // A jumbogram (RFC 2675), or a super-packet that is too long for the field.
            guard ip.isLengthOpen || available > IPHeader.longestPayload else { throw .malformed }
            upper = ip.upper
        }
        if upper > packet.byteCount { throw .truncated }
    }

    var payloadCount: Int { upper &- lower }

    /// Verifies the checksum of a datagram that was captured whole. O(payload), eight bytes a step.
    @inline(__always)
    func checksum(_ packet: RawSpan, _ ip: IPHeader) -> Checksum {
        let field = packet.big16(at: lower &- 2)
        if field == 0 { return ip.isIPv6 ? .bad : .none }
        guard hasLength, !ip.isRouted else { return .none }
        let start = lower &- Self.byteCount
        let pseudo = InternetChecksum.pseudoHeader(ip, udpCount: upper &- start)
        let sum = InternetChecksum.fold(InternetChecksum.sum(packet, start, upper) &+ pseudo)
        if sum == 0xFFFF { return .fits }
        if InternetChecksum.fold(pseudo) == field { return .offloaded }
        // Windows leaves the length out where the device also segments the datagram (NDIS, UDP segmentation offload).
        return InternetChecksum.fold(InternetChecksum.pseudoHeader(ip, udpCount: 0)) == field ? .offloaded : .bad
    }

    /// Whether the lengths show that this is a super-packet and not a datagram as it was sent: they are open, or end well
    /// before the captured bytes. A few extra bytes may be a frame's padding or the trailers of switches.
    @inline(__always)
    func contradictsLengths(_ ip: IPHeader, wire: Int) -> Bool {
        ip.isLengthOpen || !hasLength || ip.upper > upper || wire &- ip.upper > Self.longestTrailer
    }

    private static let longestTrailer = 64
    /// The largest payload of an Ethernet frame. The second constant is the most segments that a kernel sends in one call
    /// (UDP_MAX_SEGMENTS).
    private static let longestSegment = 1472
    private static let mostSegments = 128

    /// Whether a checksum that is wrong for the whole matches a first segment of it. If so, this is a super-packet that bears
    /// the header of its first datagram. In a payload that fits a frame only parts that end with a line are tried.
    /// O(``longestSegment``).
    ///
    /// One in 65536 sums matches by chance. Of random payloads longer than a frame's, two in a hundred match.
    func holdsForPart(_ packet: RawSpan, _ ip: IPHeader) -> Bool {
        let isLong = payloadCount > Self.longestSegment
        let least = (payloadCount &+ Self.mostSegments &- 1) / Self.mostSegments
        let start = lower &- Self.byteCount
        // Ports and checksum. The length is added below, twice, because it stands in the header and in the pseudo-header.
        var sum = InternetChecksum.sum(packet, start, start &+ 4) &+ UInt64(packet.big16(at: lower &- 2))
        let longest = isLong ? Self.longestSegment : payloadCount &- 1
        var count = 0
        while count < longest {
            let byte = UInt64(packet.byte(at: lower &+ count))
            count &+= 1
            sum &+= count & 1 == 1 ? byte << 8 : byte
            guard count >= least, isLong || byte == UInt64(UInt8(ascii: "\n")) else { continue }
            let length = Self.byteCount &+ count
            let pseudo = InternetChecksum.pseudoHeader(ip, udpCount: length)
            if InternetChecksum.fold(sum &+ pseudo &+ UInt64(length)) == 0xFFFF { return true }
        }
        return false
    }
}
