/// An IPv4 or IPv6 address and a port. Public although no product shows it, since dictionaries of another room hash and compare it
/// for each packet, and Swift inlines only public code across modules.
public struct Endpoint: Hashable, Sendable {
    /// Whether the address is one of IPv6.
    public var isIPv6: Bool
    /// The address as two big-endian words; IPv4 stands in the low 32 bits of `low`.
    public var high: UInt64
    /// The low word of the address.
    public var low: UInt64
    /// The port.
    public var port: UInt16

    package init(isIPv6: Bool, high: UInt64, low: UInt64, port: UInt16) {
        self.isIPv6 = isIPv6
        self.high = high
        self.low = low
        self.port = port
    }
}
