/// Which datagram a fragment belongs to (RFC 791, RFC 8200): not where it was captured, as its fragments may come
/// over several interfaces or VLANs.
struct FragmentKey: Hashable {
    private let isIPv6: Bool
    private let identification: UInt32
    private let sourceHigh: UInt64
    private let sourceLow: UInt64
    private let destinationHigh: UInt64
    private let destinationLow: UInt64
    /// IPv4's protocol; IPv6's key has none.
    private let next: UInt8
    /// The tunnel it came in (``TunnelPath/scope``): networks in two tunnels may have the same addresses.
    private let scope: UInt64

    init(_ ip: IPHeader, scope: UInt64) {
        self.scope = scope
        next = ip.isIPv6 ? 0 : ip.next
        isIPv6 = ip.isIPv6
        identification = ip.identification
        sourceHigh = ip.sourceHigh
        sourceLow = ip.sourceLow
        destinationHigh = ip.destinationHigh
        destinationLow = ip.destinationLow
    }
}
