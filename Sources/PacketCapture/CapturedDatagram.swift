/// One UDP datagram of a capture, reassembled. Its payload is read through the reader.
package struct CapturedDatagram: Sendable {
    /// Nanoseconds since 1970. A pcapng packet without a time (SPB) takes the time of the packet before.
    package var timestamp: Int64
    /// Whether the file states a time for the packet; false for pcapng's simple packets (SPB).
    package var hasTimestamp = true
    /// The number of the packet that completed the datagram; the first packet of a file is 1.
    package var packetNumber: UInt64
    package var source: Endpoint
    package var destination: Endpoint
    /// The length of the payload in bytes.
    package var payloadCount: Int
    /// Whether the datagram was reassembled from IP fragments.
    package var wasFragmented: Bool
    /// Whether the capture time is usable. A file without times holds zeros.
    package var saysTime: Bool { hasTimestamp && timestamp != 0 }
    /// Whether the datagram is a super-packet of segmentation offload. The evidence is one of these: its IP or UDP length is 0,
    /// its length ends before the captured bytes do, or its UDP checksum matches a first part but not the whole. No capture
    /// format read here tells the size of segments. A super-packet with completed headers looks the same as a large datagram.
    package var isSegmented: Bool
    /// Whether the datagram may be a duplicate capture without proof (``ReadingRules/Duplicates``).
    package var isUnproven = false

    package init(
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
