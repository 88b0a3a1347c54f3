public import StatsModel

/// What a live capture listens to, and how.
public struct LiveConfiguration: Sendable {
    /// The device's name; `any` is all of them.
    public var interface: String
    public var filter: CaptureFilter
    /// The most bytes of a packet that are kept.
    public var snapLength: Int
    /// The kernel's ring, which holds what this process has not read yet.
    public var bufferSize: ByteCount
    /// Whether the interface takes packets for other machines too.
    public var promiscuous: Bool

    /// libpcap's largest: no UDP datagram is cut, super-packets of segmentation offload included.
    public static let largestSnapLength = 262_144
    /// Eight times libpcap's own: room for 50 000 small packets while the disk takes its time.
    public static let standardBufferSize = ByteCount(16 << 20)
    /// How long the kernel may keep packets before it hands over a block that is not full. Shorter wakes this
    /// process more often; longer delays the file.
    static let blockTimeout = Nanoseconds.milliseconds(100)

    public init(
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
