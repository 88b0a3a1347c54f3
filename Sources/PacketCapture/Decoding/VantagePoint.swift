import StatsModel

/// The point from which a capture saw a packet. It differs where one datagram is captured on several interfaces, before and
/// after a router, before and after NAT, or both bare and in a tunnel.
struct VantagePoint: Equatable {
    /// The capture's interface (pcapng). The kernel's interface and direction stand in ``kernelVantage``, where a cooked header tells
    /// them (``LinkHeader/kernelVantage``).
    var interface: UInt32
    var kernelVantage: UInt64
    var hidesInterface: Bool
    /// A hash of the frame's addresses and VLAN tags.
    var linkAddress: UInt64
    /// Time to live, or hop limit.
    var timeToLive: UInt8
    /// The number of tunnels around the datagram.
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
        kernelVantage = link.kernelVantage
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

    /// Whether the kernel says that the packet is incoming: type 0, to this machine, or 3, to another machine for which it
    /// forwards. (1 and 2 are broadcast and multicast, 4 is outgoing.)
    var cameIn: Bool { kernelVantage != 0 && kernelVantage & 0xFF != 4 }

    /// A hash of the sender's address.
    @inline(__always)
    func source(_ seed: UInt64) -> UInt64 { KeyedRandom.mix(seed ^ sourceHigh &* 0xD6E8_FEB8_6659_FD93 ^ sourceLow) }

    /// A hash of the receiver's address and port.
    @inline(__always)
    var destination: UInt64 { destinationHigh &* 0xA076_1D64_78BD_642F ^ destinationLow << 16 ^ UInt64(destinationPort) }

    /// A hash of interface and direction.
    @inline(__always)
    var position: UInt64 { kernelVantage &* 0xD6E8_FEB8_6659_FD93 ^ UInt64(interface) << 16 }

    /// A hash of the whole vantage point; never 0.
    @inline(__always)
    func name(source: UInt64) -> UInt64 {
        let ends = KeyedRandom.mix(source ^ linkAddress &* 0xE703_7ED1_A0B4_28DB ^ destination)
        return KeyedRandom.mix(ends &+ position ^ UInt64(timeToLive) << 8 ^ UInt64(tunnelDepth)) | 1
    }
}
