import StatsModel
import StatsWire

/// Forward error correction of data packets: how many parity packets for how many data packets, how far spread.
public struct ParityConfiguration: Equatable, Sendable {
    /// Data packets of a group, `k`: 1 to 64.
    public var groupSize: Int
    /// Parity packets of a group, `r`: 1 to 8. One is the XOR of the group, more are Reed-Solomon.
    public var parityCount: Int
    /// How many groups are open at once, `d`: consecutive packets go to them in turn, so that up to `d` packets in a row
    /// that are lost are one of each group. `(k - 1) · d` is below 248.
    public var interleave: Int
    /// A packet waits no longer than this for its groups to fill: then the parities of what there is go out. Of a sender of few
    /// packets a longer age costs fewer parities and spreads groups wider against bursts; past the receiver's reorder limit a
    /// packet is given up before its parity comes, and taken back then.
    public var maximumAge: Duration

    public init(
        groupSize: Int = 16, parityCount: Int = 2, interleave: Int = 4, maximumAge: Duration = .seconds(1)
    ) {
        self.groupSize = groupSize
        self.parityCount = parityCount
        self.interleave = interleave
        self.maximumAge = maximumAge
    }

    /// Bytes that a data packet has to leave free below the maximum packet size, so that its parity fits: 48.
    public static let packetOverhead = ParityPacket.overhead

    /// Bytes an encoder takes, fixed when it is made: one row for each parity of the open groups.
    public func memory(maximumPacketSize: Int) -> Int { parityCount * interleave * maximumPacketSize }

    /// Throws the first field that is outside its range.
    public func validate() throws(ConfigurationError) {
        try ClientConfiguration.check("groupSize", groupSize, in: 1...ParityCode.maximumMembers)
        try ClientConfiguration.check("parityCount", parityCount, in: 1...ParityCode.maximumParities)
        let most = groupSize == 1 ? ParityCode.maximumSpan - 1 : (ParityCode.maximumSpan - 1) / (groupSize - 1)
        try ClientConfiguration.check("interleave", interleave, in: 1...most)
        // At no age at all every packet would be sent with parities of its own.
        try ClientConfiguration.check("maximumAge", maximumAge, in: .milliseconds(1) ... .seconds(3600))
    }
}
