/// What a ``ParityDecoder`` did. Parity packets balance at any time:
///
///     received = used + unneeded + malformed + oversize + replaced + contradicted + expired + waiting
public struct ParityCounts: Equatable, Sendable {
    /// Intact parity packets that came in.
    public var received: UInt64 = 0
    /// Those that gave back a packet.
    public var used: UInt64 = 0
    /// Those whose group was complete, or became so, without them.
    public var unneeded: UInt64 = 0
    /// Those that say something impossible (``ParityFault``).
    public var malformed: UInt64 = 0
    /// Those longer than ``ParityDecoderConfiguration/maximumPacketSize``.
    public var oversize: UInt64 = 0
    /// Those that came again, or whose group came again in another form.
    public var replaced: UInt64 = 0
    /// Those that gave no packet that could be believed.
    public var contradicted: UInt64 = 0
    /// Those that had to make room before enough of their group had come.
    public var expired: UInt64 = 0
    /// Those that wait for more of their group.
    public var waiting: UInt64 = 0

    /// Data packets recovered, each checked by its own checksum.
    public var recovered: UInt64 = 0
    /// Recovered packets that were gone before anybody polled them.
    public var unpolled: UInt64 = 0
    /// Data packets too long to be kept.
    public var oversizeData: UInt64 = 0

    public init() {}

    /// What two decoders did.
    public static func += (sum: inout Self, other: Self) {
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
