public import StatsModel
public import SystemIO

/// What a capture came to.
public struct CaptureSummary: Sendable, Equatable {
    public var description: CaptureDescription
    public var reason: StopReason
    /// The files that are there now, oldest first; `-` is standard output.
    public var files: [String]
    /// Packets and bytes written, those in files that left the ring included.
    public var packets: UInt64 = 0
    public var byteCount: UInt64 = 0
    public var elapsed = Nanoseconds.zero
    /// The first and the last packet's time, nanoseconds since 1970; nil without packets.
    public var firstTimestamp: Int64?
    public var lastTimestamp: Int64?
    /// Packets longer than the snaplen.
    public var truncated: UInt64 = 0
    /// IP fragments among the packets.
    public var fragments: UInt64 = 0
    /// Fragments left out because their first fragment never came.
    public var orphanFragments: UInt64 = 0
    public var drops = DropStatistics()
    /// The output could not be written any further; what is counted above was.
    public var outputFailure: SystemError?
    /// libpcap's words where the interface failed.
    public var interfaceFailure: String?

    public init(description: CaptureDescription, reason: StopReason, files: [String]) {
        self.description = description
        self.reason = reason
        self.files = files
    }
}
