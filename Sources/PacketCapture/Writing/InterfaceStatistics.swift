/// The statistics a pcapng file ends with.
public struct InterfaceStatistics: Sendable, Equatable {
    /// When the file began and when its last packet could have come: nanoseconds since 1970.
    public var start: Int64
    public var end: Int64
    /// Counted over that time.
    public var drops: DropStatistics
    /// Packets written to the file.
    public var delivered: UInt64

    public init(start: Int64, end: Int64, drops: DropStatistics, delivered: UInt64) {
        self.start = start
        self.end = end
        self.drops = drops
        self.delivered = delivered
    }
}
