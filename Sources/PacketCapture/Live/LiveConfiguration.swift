package import StatsModel

/// The device of a live capture, and the settings of the capture.
package struct LiveConfiguration: Sendable {
    /// The device's name; `any` stands for all devices.
    package var interface: String
    /// Which packets are kept.
    package var filter: CaptureFilter
    /// The most bytes of a packet that are kept.
    package var snapLength: Int
    /// The size of the kernel's ring, which holds packets that this process has not read yet.
    package var bufferSize: ByteCount
    /// Whether the interface also takes packets for other machines.
    package var promiscuous: Bool

    /// libpcap's largest. It cuts no UDP datagram, super-packets of segmentation offload included.
    package static let largestSnapLength = 262_144
    /// Eight times libpcap's default: room for 50 000 small packets while the disk is slow.
    package static let standardBufferSize = ByteCount(16 << 20)
    /// How long the kernel may hold packets before it hands over a block that is not full. A shorter time wakes this process
    /// more often; a longer one delays the file.
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
