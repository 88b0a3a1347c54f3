package import StatsModel

/// Somebody who watches a capture while it runs. Called between packets, so it must be quick.
package protocol CaptureObserver {
    /// How often ``handleProgress(_:)`` is called; nil for never.
    var progressInterval: Nanoseconds? { get }

    /// Packets are being taken from now on.
    mutating func handleStart(_ description: CaptureDescription, file: String)

    /// The payload of a UDP datagram that is kept: reassembled, once where `any` shows it twice, and nothing that
    /// the snaplen cut.
    mutating func handlePayload(_ payload: Span<UInt8>)

    mutating func handleProgress(_ progress: CaptureProgress)
}

/// How a capture stands.
package struct CaptureProgress: Sendable, Equatable {
    package var elapsed: Nanoseconds
    /// Kept so far, and their bytes in the files.
    package var packets: UInt64
    package var byteCount: UInt64
    package var drops: DropStatistics

    package init(elapsed: Nanoseconds, packets: UInt64, byteCount: UInt64, drops: DropStatistics) {
        self.elapsed = elapsed
        self.packets = packets
        self.byteCount = byteCount
        self.drops = drops
    }
}
