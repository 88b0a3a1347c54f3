extension IPHeader {
    /// The most extension headers followed. Real packets have fewer; a hostile packet may hold thousands.
    static let mostExtensions = 16

    /// Follows IPv6 extension headers up to UDP, or up to the content of a fragment.
    ///
    /// Layout (RFC 8200, 4302): next header 1, length 1 in units of 8 bytes after the first 8 (AH: units of 4), and so on. The
    /// fragment header is 8 bytes. Any other protocol ends the headers if `takesAny` is true, and throws `notUDP` if not.
    mutating func followExtensions(_ packet: RawSpan, wire: Int, takesAny: Bool = false) throws(SkipReason) {
        let declared = min(upper, wire)
        for _ in 0..<Self.mostExtensions {
            switch next {
            case Self.udp: return
            // Hop-by-hop options, routing, destination options, mobility, host identity, shim6.
            case 0, 43, 60, 135, 139, 140:
                try SkipReason.check(lower &+ 8, captured: packet.byteCount, declared: declared)
                if next == 43, packet.byte(at: lower &+ 3) != 0 { isRouted = true }
                try skip(packet, (Int(packet.byte(at: lower &+ 1)) &+ 1) &* 8, declared)
            case 51:
                try SkipReason.check(lower &+ 8, captured: packet.byteCount, declared: declared)
                try skip(packet, (Int(packet.byte(at: lower &+ 1)) &+ 2) &* 4, declared)
            case 44:
                if try readFragment(packet, declared, takesAny) { return }
            default:
                if takesAny { return }
                throw .notUDP
            }
        }
        throw .malformed
    }

    private mutating func skip(_ packet: RawSpan, _ count: Int, _ declared: Int) throws(SkipReason) {
        let following = packet.byte(at: lower)
        guard lower &+ count <= declared else { throw .malformed }
        // The bytes after an extension header are read only where they were captured.
        next = following
        lower &+= count
        if lower > packet.byteCount { throw .truncated }
    }

    /// Layout: next header 1, reserved 1, offset 13 bits, reserved 2, more 1, identification 4. Returns whether the packet is a
    /// fragment. A whole datagram in an "atomic fragment" (RFC 6946) is not a fragment.
    private mutating func readFragment(_ packet: RawSpan, _ declared: Int, _ takesAny: Bool) throws(SkipReason) -> Bool {
        try SkipReason.check(lower &+ 8, captured: packet.byteCount, declared: declared)
        next = packet.byte(at: lower)
        let offset = packet.big16(at: lower &+ 2)
        identification = packet.big32(at: lower &+ 4)
        fragmentOffset = Int(offset & 0xFFF8)
        hasMoreFragments = offset & 1 != 0
        lower &+= 8
        guard isFragment else { return false }
        switch next {
        case Self.udp, 0, 43, 60, 135, 139, 140, 51: return true
        case 44: throw .malformed
        default:
            if takesAny { return true }
            throw .notUDP
        }
    }
}
