package import StatsModel

/// What a live capture listens to, and how.
package struct LiveConfiguration: Sendable {
    /// The device's name; `any` is all of them.
    package var interface: String
    package var filter: CaptureFilter
    /// The most bytes of a packet that are kept.
    package var snapLength: Int
    /// The kernel's ring, which holds what this process has not read yet.
    package var bufferSize: ByteCount
    /// Whether the interface takes packets for other machines too.
    package var promiscuous: Bool

    /// libpcap's largest: no UDP datagram is cut, super-packets of segmentation offload included.
    package static let largestSnapLength = 262_144
    /// Eight times libpcap's own: room for 50 000 small packets while the disk takes its time.
    package static let standardBufferSize = ByteCount(16 << 20)
    /// How long the kernel may keep packets before it hands over a block that is not full. Shorter wakes this
    /// process more often; longer delays the file.
    static let blockTimeout = Nanoseconds.milliseconds(100)

    package init(
        interface: String, filter: CaptureFilter = .ports(.standard), snapLength: Int = largestSnapLength,
        bufferSize: ByteCount = standardBufferSize, promiscuous: Bool = false
    ) {
        self.interface = interface
        self.filter = filter
        self.snapLength = snapLength
        self.bufferSize = bufferSize
        self.promiscuous = promiscuous
    }
}
