/// Which datagram a fragment belongs to (RFC 791, RFC 8200): not where it was captured, as its fragments may come
/// over several interfaces or VLANs.
struct FragmentKey: Hashable {
    private let isIPv6: Bool
    private let identification: UInt32
    private let sourceHigh: UInt64
    private let sourceLow: UInt64
    private let destinationHigh: UInt64
    private let destinationLow: UInt64

    /// The protocol is left out: IPv4 fragments reach reassembly only as UDP, and IPv6's key has none.
    init(_ ip: IPHeader) {
        isIPv6 = ip.isIPv6
        identification = ip.identification
        sourceHigh = ip.sourceHigh
        sourceLow = ip.sourceLow
        destinationHigh = ip.destinationHigh
        destinationLow = ip.destinationLow
    }
}
