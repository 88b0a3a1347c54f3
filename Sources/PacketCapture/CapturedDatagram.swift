
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

/// One UDP datagram out of a capture, reassembled; its payload is read through the reader.
public struct CapturedDatagram: Sendable {
    /// Nanoseconds since 1970.
    public var timestamp: Int64
    /// The number of the packet that completed it; the first packet of a file is 1.
    public var packetNumber: UInt64
    public var source: Endpoint
    public var destination: Endpoint
    public var payloadCount: Int
    /// Reassembled from IP fragments.
    public var wasFragmented: Bool
    /// A super-packet of segmentation offload (longer than the link could carry).
    public var isSegmented: Bool

    public init(
        timestamp: Int64, packetNumber: UInt64, source: Endpoint, destination: Endpoint, payloadCount: Int,
        wasFragmented: Bool, isSegmented: Bool
    ) {
        self.timestamp = timestamp
        self.packetNumber = packetNumber
        self.source = source
        self.destination = destination
        self.payloadCount = payloadCount
        self.wasFragmented = wasFragmented
        self.isSegmented = isSegmented
    }
}
