/// The statistics at the end of a pcapng file.
package struct InterfaceStatistics: Sendable, Equatable {
    /// When the file began, in nanoseconds since 1970.
    package var start: Int64
    /// When its last packet could have come, in nanoseconds since 1970.
    package var end: Int64
    /// Drops between ``start`` and ``end``.
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
