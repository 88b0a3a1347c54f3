import StatsModel

/// From where a capture saw a packet: what differs where one datagram is seen on several interfaces, before and behind a
/// router, before and behind NAT, bare and in a tunnel.
struct VantagePoint: Equatable {
    /// The capture's interface (pcapng), and the kernel's interface and direction where a cooked header tells them, as
    /// ``LinkHeader/door``.
    var interface: UInt32
    var door: UInt64
    var hidesInterface: Bool
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
    var sourcePort: UInt16
    var destinationPort: UInt16

    @inline(__always)
    init(_ record: PacketRecord, _ link: LinkHeader, _ ip: IPHeader, _ ports: (source: UInt16, destination: UInt16), tunnelDepth: Int = 0) {
        interface = record.interface
        door = link.door
        hidesInterface = link.hidesInterface
        linkAddress = link.address
        timeToLive = ip.timeToLive
        self.tunnelDepth = UInt8(clamping: tunnelDepth)
        sourceHigh = ip.sourceHigh
        sourceLow = ip.sourceLow
        destinationHigh = ip.destinationHigh
        destinationLow = ip.destinationLow
        (sourcePort, destinationPort) = ports
    }

    /// Whether the kernel says that the packet came in: type 0, to this machine, or 3, to another one that it forwards for.
    /// (1 and 2 are broadcast and multicast, 4 is outgoing.)
    var cameIn: Bool { door != 0 && door & 0xFF != 4 }

    /// The sender's address, hashed.
    @inline(__always)
    func source(_ seed: UInt64) -> UInt64 { KeyedRandom.mix(seed ^ sourceHigh &* 0xD6E8_FEB8_6659_FD93 ^ sourceLow) }

    /// The receiver's address and port, hashed.
    @inline(__always)
    var destination: UInt64 { destinationHigh &* 0xA076_1D64_78BD_642F ^ destinationLow << 16 ^ UInt64(destinationPort) }

    /// Interface and direction, hashed.
    @inline(__always)
    var position: UInt64 { door &* 0xD6E8_FEB8_6659_FD93 ^ UInt64(interface) << 16 }

    /// All of it, hashed; never 0.
    @inline(__always)
    func name(source: UInt64) -> UInt64 {
        let ends = KeyedRandom.mix(source ^ linkAddress &* 0xE703_7ED1_A0B4_28DB ^ destination)
        return KeyedRandom.mix(ends &+ position ^ UInt64(timeToLive) << 8 ^ UInt64(tunnelDepth)) | 1
    }
}
