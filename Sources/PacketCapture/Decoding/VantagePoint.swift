import StatsModel

/// From where a capture saw a packet: what differs where one datagram is seen on several interfaces, before and behind a
/// router, before and behind NAT, bare and in a tunnel.
struct VantagePoint: Equatable {
    /// The capture's interface (pcapng), and the kernel's interface and direction where a cooked header tells them.
    var interface: UInt32
    var door: UInt64
    /// Addresses and VLAN tags of the frame, hashed.
    var linkAddress: UInt64
    /// Time to live, or hop limit.
    var timeToLive: UInt8
    /// How many tunnels were around the datagram.
    var tunnelDepth: UInt8
    var sourceHigh: UInt64
    var sourceLow: UInt64
    var destinationHigh: UInt64
    var destinationLow: UInt64
    var destinationPort: UInt16

    @inline(__always)
    init(_ record: PacketRecord, _ link: LinkHeader, _ ip: IPHeader, destinationPort: UInt16, tunnelDepth: Int = 0) {
        interface = record.interface
        door = link.door
        linkAddress = link.address
        timeToLive = ip.timeToLive
        self.tunnelDepth = UInt8(clamping: tunnelDepth)
        sourceHigh = ip.sourceHigh
        sourceLow = ip.sourceLow
        destinationHigh = ip.destinationHigh
        destinationLow = ip.destinationLow
        self.destinationPort = destinationPort
    }

    /// The sender's address, hashed.
    @inline(__always)
    func source(_ seed: UInt64) -> UInt64 { KeyedRandom.mix(seed ^ sourceHigh &* 0xD6E8_FEB8_6659_FD93 ^ sourceLow) }

    /// Interface, direction, time to live and depth, hashed: what routing changes. A sender's own NAT never changes it alone.
    @inline(__always)
    func path(_ seed: UInt64) -> UInt64 {
        let small = UInt64(interface) << 16 | UInt64(timeToLive) << 8 | UInt64(tunnelDepth)
        return KeyedRandom.mix(seed ^ door &* 0xD6E8_FEB8_6659_FD93 ^ small)
    }

    /// All of it, hashed; never 0.
    @inline(__always)
    func name(_ seed: UInt64, path: UInt64, source: UInt64) -> UInt64 {
        let ends = destinationHigh &* 0xA076_1D64_78BD_642F ^ destinationLow << 16 ^ UInt64(destinationPort)
        return KeyedRandom.mix(path &+ KeyedRandom.mix(source ^ linkAddress &* 0xE703_7ED1_A0B4_28DB ^ ends)) | 1
    }
}
