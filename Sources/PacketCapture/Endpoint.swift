/// An IPv4 or IPv6 address and a port.
package struct Endpoint: Hashable, Sendable {
    package var isIPv6: Bool
    /// The address as two big-endian words; IPv4 stands in the low 32 bits of `low`.
    package var high: UInt64
    /// The low word of the address.
    package var low: UInt64
    package var port: UInt16

    package init(isIPv6: Bool, high: UInt64, low: UInt64, port: UInt16) {
        self.isIPv6 = isIPv6
        self.high = high
        self.low = low
        self.port = port
    }
}
