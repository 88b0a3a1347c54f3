/// The statistics a pcapng file ends with.
package struct InterfaceStatistics: Sendable, Equatable {
    /// When the file began and when its last packet could have come: nanoseconds since 1970.
    package var start: Int64
    package var end: Int64
    /// Counted over that time.
    package var drops: DropStatistics
    /// Packets written to the file.
    package var delivered: UInt64

    package init(start: Int64, end: Int64, drops: DropStatistics, delivered: UInt64) {
        self.start = start
        self.end = end
        self.drops = drops
        self.delivered = delivered
    }
}
