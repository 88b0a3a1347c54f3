/// One UDP datagram out of a capture, reassembled; its payload is read through the reader.
package struct CapturedDatagram: Sendable {
    /// Nanoseconds since 1970; a pcapng packet without a time (SPB) takes its predecessor's.
    package var timestamp: Int64
    /// Whether the file states a time for the packet; false for pcapng's simple packets.
    package var hasTimestamp = true
    /// The number of the packet that completed it; the first packet of a file is 1.
    package var packetNumber: UInt64
    package var source: Endpoint
    package var destination: Endpoint
    package var payloadCount: Int
    /// Reassembled from IP fragments.
    package var wasFragmented: Bool
    /// Whether the datagram says when it was sent: zero alone is what a file without times holds.
    package var saysTime: Bool { hasTimestamp && timestamp != 0 }
    /// A super-packet of segmentation offload, on evidence: its IP or UDP length is 0 or ends before what was there, or its
    /// UDP checksum holds for a first part of it and not for the whole. No capture format read here tells the size of
    /// segments. A super-packet whose headers were made whole cannot be told from a large datagram.
    package var isSegmented: Bool
    /// It may have been seen before, and nothing proves it (``ReadingRules/Duplicates``).
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
