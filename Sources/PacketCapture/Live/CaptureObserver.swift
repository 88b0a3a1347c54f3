package import StatsModel

/// Watches a capture while it runs. It is called between packets, so it must return quickly.
package protocol CaptureObserver {
    /// How often ``handleProgress(_:)`` is called; nil for never.
    var progressInterval: Nanoseconds? { get }

    /// The capture has begun; packets are taken from now on.
    mutating func handleStart(_ description: CaptureDescription, file: String)

    /// The payload of a UDP datagram that is kept, reassembled. A datagram that `any` shows twice is passed once. A datagram
    /// cut by the snap length is not passed.
    mutating func handlePayload(_ payload: Span<UInt8>)

    mutating func handleProgress(_ progress: CaptureProgress)
}

/// The state of a running capture.
package struct CaptureProgress: Sendable, Equatable {
    /// The time since the capture began.
    package var elapsed: Nanoseconds
    /// Packets kept so far.
    package var packets: UInt64
    /// Packets dropped so far, as far as the system reports them.
    package var drops: DropStatistics

    package init(elapsed: Nanoseconds, packets: UInt64, drops: DropStatistics) {
        self.elapsed = elapsed
        self.packets = packets
        self.drops = drops
    }
}
