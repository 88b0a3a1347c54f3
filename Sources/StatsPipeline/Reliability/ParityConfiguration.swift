import StatsModel
import StatsWire

/// Forward error correction of data packets: the numbers of data packets and parity packets in a group, and the interleaving of
/// groups.
public struct ParityConfiguration: Equatable, Sendable {
    /// The number of data packets in a group, `k`: 1 to 64.
    public var groupSize: Int
    /// The number of parity packets in a group, `r`: 1 to 8. One is the XOR of the group, several form a Reed-Solomon code.
    public var parityCount: Int
    /// The number of groups that are open at once, `d`. Consecutive packets join these groups in turn. If up to `d` packets in
    /// a row are lost, each group therefore loses one at most. `(k - 1) · d` must be below 248.
    public var interleave: Int
    /// The longest time that a packet waits for its group to fill. Then the parity packets of the group so far are sent. If a
    /// client sends few packets, a longer age costs fewer parity packets, and spreads groups wider against bursts. If the age
    /// exceeds the receiver's reorder limit, the receiver reports a lost packet as a gap before the parity arrives, and takes
    /// the gap back when it recovers the packet.
    public var maximumAge: Duration

    /// A configuration from its parts. The ranges are checked by ``validate()``.
    public init(
        groupSize: Int = 16, parityCount: Int = 2, interleave: Int = 4, maximumAge: Duration = .seconds(1)
    ) {
        self.groupSize = groupSize
        self.parityCount = parityCount
        self.interleave = interleave
        self.maximumAge = maximumAge
    }

    /// The number of bytes by which data packets must stay below the maximum packet size, so that their parity fits: 48.
    public static let packetOverhead = ParityPacket.overhead

    /// Bytes that an encoder allocates at its creation: one row for each parity of the open groups.
    public func memory(maximumPacketSize: Int) -> Int { parityCount * interleave * maximumPacketSize }

    /// Throws an error for the first field that is outside its range.
    public func validate() throws(ConfigurationError) {
        try ClientConfiguration.check("groupSize", groupSize, in: 1...ParityCode.maximumMembers)
        try ClientConfiguration.check("parityCount", parityCount, in: 1...ParityCode.maximumParities)
        let most = groupSize == 1 ? ParityCode.maximumSpan - 1 : (ParityCode.maximumSpan - 1) / (groupSize - 1)
        try ClientConfiguration.check("interleave", interleave, in: 1...most)
        // With an age of zero, every packet would be sent with parity packets of its own.
        try ClientConfiguration.check("maximumAge", maximumAge, in: .milliseconds(1) ... .seconds(3600))
    }
}
