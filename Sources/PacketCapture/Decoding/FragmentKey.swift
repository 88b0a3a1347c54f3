/// The datagram that a fragment belongs to (RFC 791, RFC 8200). The interface is not part of the key, because fragments of one
/// datagram may come over several interfaces or VLANs.
struct FragmentKey: Hashable {
    private let isIPv6: Bool
    private let identification: UInt32
    private let sourceHigh: UInt64
    private let sourceLow: UInt64
    private let destinationHigh: UInt64
    private let destinationLow: UInt64
    /// IPv4's protocol. It is no part of IPv6's key, where it is 0.
    private let next: UInt8
    /// The tunnel that carried the fragment (``TunnelPath/scope``). Networks in two tunnels may use the same addresses.
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
