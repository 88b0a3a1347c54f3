/// Counts of a ``ParityDecoder``. For parity packets always:
///
///     received = used + unneeded + malformed + oversize + replaced + contradicted + expired + waiting
package struct ParityCounts: Equatable, Sendable {
    /// Intact parity packets that arrived.
    package var received: UInt64 = 0
    /// Parity packets that recovered a data packet.
    package var used: UInt64 = 0
    /// Parity packets whose group became complete without them.
    package var unneeded: UInt64 = 0
    /// Parity packets with an impossible content (``ParityFault``).
    package var malformed: UInt64 = 0
    /// Parity packets that are longer than ``ParityDecoderConfiguration/maximumPacketSize``.
    package var oversize: UInt64 = 0
    /// Parity packets that arrived again, or whose group arrived again with another description.
    package var replaced: UInt64 = 0
    /// Parity packets that gave no valid data packet.
    package var contradicted: UInt64 = 0
    /// Parity packets that made room for others before enough of their group had arrived.
    package var expired: UInt64 = 0
    /// Parity packets that wait for more of their group.
    package var waiting: UInt64 = 0

    /// Recovered data packets. Each was verified by its own checksum.
    package var recovered: UInt64 = 0
    /// Recovered packets that were overwritten before they were polled.
    package var unpolled: UInt64 = 0
    /// Data packets that were too long to be kept.
    package var oversizeData: UInt64 = 0

    package init() {}

    /// Adds the counts of another decoder.
    package static func += (sum: inout Self, other: Self) {
        sum.received += other.received
        sum.used += other.used
        sum.unneeded += other.unneeded
        sum.malformed += other.malformed
        sum.oversize += other.oversize
        sum.replaced += other.replaced
        sum.contradicted += other.contradicted
        sum.expired += other.expired
        sum.waiting += other.waiting
        sum.recovered += other.recovered
        sum.unpolled += other.unpolled
        sum.oversizeData += other.oversizeData
    }
}
