extension IPHeader {
    /// More extension headers than a sane packet has; a hostile one may hold thousands.
    static let mostExtensions = 16

    /// Follows IPv6 extension headers up to UDP, or to what a fragment carries.
    ///
    /// Layout (RFC 8200, 4302): next header 1, length 1 in units of 8 bytes beyond the first 8 (AH: of 4 beyond the
    /// first 8), and so on; the fragment header is 8 bytes. Any other protocol ends them where `takesAny` says so, and
    /// throws `notUDP` elsewhere.
    mutating func followExtensions(_ packet: RawSpan, wire: Int, takesAny: Bool = false) throws(SkipReason) {
        let declared = min(upper, wire)
        for _ in 0..<Self.mostExtensions {
            switch next {
            case Self.udp: return
            // Hop by hop, routing, destination options, mobility, host identity, shim6.
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
        // What follows an extension header is read only where it was captured.
        next = following
        lower &+= count
        if lower > packet.byteCount { throw .truncated }
    }

    /// Next header 1, reserved 1, offset 13 bits, reserved 2, more 1, identification 4. Answers whether this is a
    /// fragment; a whole datagram in one "atomic fragment" (RFC 6946) is none.
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
