/// What a ``ParityDecoder`` did. Parity packets balance at any time:
///
///     received = used + unneeded + malformed + oversize + replaced + contradicted + expired + waiting
package struct ParityCounts: Equatable, Sendable {
    /// Intact parity packets that came in.
    package var received: UInt64 = 0
    /// Those that gave back a packet.
    package var used: UInt64 = 0
    /// Those whose group was complete, or became so, without them.
    package var unneeded: UInt64 = 0
    /// Those that say something impossible (``ParityFault``).
    package var malformed: UInt64 = 0
    /// Those longer than ``ParityDecoderConfiguration/maximumPacketSize``.
    package var oversize: UInt64 = 0
    /// Those that came again, or whose group came again in another form.
    package var replaced: UInt64 = 0
    /// Those that gave no packet that could be believed.
    package var contradicted: UInt64 = 0
    /// Those that had to make room before enough of their group had come.
    package var expired: UInt64 = 0
    /// Those that wait for more of their group.
    package var waiting: UInt64 = 0

    /// Data packets recovered, each checked by its own checksum.
    package var recovered: UInt64 = 0
    /// Recovered packets that were gone before anybody polled them.
    package var unpolled: UInt64 = 0
    /// Data packets too long to be kept.
    package var oversizeData: UInt64 = 0

    package init() {}

    /// What two decoders did.
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
