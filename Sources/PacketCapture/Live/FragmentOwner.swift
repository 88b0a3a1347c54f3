/// The datagram that a fragment belongs to: addresses, identification, protocol (RFC 791, 3.2; RFC 8200, 4.5).
///
/// The ``FragmentKey`` of reassembly is for UDP only. A capture's own filter may select any protocol.
struct FragmentOwner: Hashable, Sendable {
    private var sourceHigh, sourceLow, destinationHigh, destinationLow: UInt64
    private var identification: UInt32
    private var transportProtocol: UInt8

    /// Addresses are two big-endian words; IPv4 stands in the second.
    init(
        source: (UInt64, UInt64), destination: (UInt64, UInt64), identification: UInt32, transportProtocol: UInt8
    ) {
        (sourceHigh, sourceLow) = source
        (destinationHigh, destinationLow) = destination
        self.identification = identification
        self.transportProtocol = transportProtocol
    }
}
