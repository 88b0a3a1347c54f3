/// An address and port: IPv4 in the low 4 bytes of `high`/`low`, or IPv6.
public struct Endpoint: Hashable, Sendable {
    public var isIPv6: Bool
    /// The address as two big-endian words; IPv4 stands in the low 32 bits of `low`.
    public var high: UInt64
    public var low: UInt64
    public var port: UInt16

    public init(isIPv6: Bool, high: UInt64, low: UInt64, port: UInt16) {
        self.isIPv6 = isIPv6
        self.high = high
        self.low = low
        self.port = port
    }
}
