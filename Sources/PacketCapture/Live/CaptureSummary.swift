package import StatsModel
package import SystemIO

/// The result of a capture.
package struct CaptureSummary: Sendable, Equatable {
    package var description: CaptureDescription
    /// Why the capture ended.
    package var reason: StopReason
    /// The files that exist now, oldest first; `-` is standard output.
    package var files: [String]
    /// Packets written, those in files that were removed from the ring included.
    package var packets: UInt64 = 0
    /// Bytes written, those in files that were removed from the ring included.
    package var byteCount: UInt64 = 0
    package var elapsed = Nanoseconds.zero
    /// The first packet's time, in nanoseconds since 1970; nil without packets.
    package var firstTimestamp: Int64?
    /// The last packet's time, in nanoseconds since 1970; nil without packets.
    package var lastTimestamp: Int64?
    /// Packets that were longer than the snap length.
    package var truncated: UInt64 = 0
    /// IP fragments among the packets.
    package var fragments: UInt64 = 0
    /// Fragments left out because their datagram's first fragment never came.
    package var orphanFragments: UInt64 = 0
    /// Packets dropped during the capture, as far as the system reports them.
    package var drops = DropStatistics()
    /// Why the output could not be written any further. The counts above were written.
    package var outputFailure: SystemError?
    /// libpcap's message where the interface failed.
    package var interfaceFailure: String?

    package init(description: CaptureDescription, reason: StopReason, files: [String]) {
        self.description = description
        self.reason = reason
        self.files = files
    }
}
