package import StatsModel
package import SystemIO

/// What a capture came to.
package struct CaptureSummary: Sendable, Equatable {
    package var description: CaptureDescription
    package var reason: StopReason
    /// The files that are there now, oldest first; `-` is standard output.
    package var files: [String]
    /// Packets and bytes written, those in files that left the ring included.
    package var packets: UInt64 = 0
    package var byteCount: UInt64 = 0
    package var elapsed = Nanoseconds.zero
    /// The first and the last packet's time, nanoseconds since 1970; nil without packets.
    package var firstTimestamp: Int64?
    package var lastTimestamp: Int64?
    /// Packets longer than the snaplen.
    package var truncated: UInt64 = 0
    /// IP fragments among the packets.
    package var fragments: UInt64 = 0
    /// Fragments left out because their first fragment never came.
    package var orphanFragments: UInt64 = 0
    package var drops = DropStatistics()
    /// The output could not be written any further; what is counted above was.
    package var outputFailure: SystemError?
    /// libpcap's words where the interface failed.
    package var interfaceFailure: String?

    package init(description: CaptureDescription, reason: StopReason, files: [String]) {
        self.description = description
        self.reason = reason
        self.files = files
    }
}
