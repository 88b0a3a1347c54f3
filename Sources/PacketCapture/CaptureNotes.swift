/// What is to be known about the file beside its datagrams.
///
/// At every moment, each packet read is in exactly one place:
/// `packets = datagrams + fragmentsJoined + repeatedFragments + duplicateSightings + skipped.total`.
package struct CaptureNotes: Sendable, Equatable {
    /// "pcap" or "pcapng".
    package var format = ""
    /// Names of the link types declared ("ethernet", "linux-sll2", …), in order of first sight; 64 at most.
    package var linkTypes: [String] = []
    /// Those among ``linkTypes`` whose packets cannot be read; the packets stand under ``SkippedCounts/notUDP``.
    package var unsupportedLinkTypes: [String] = []
    package var packets: UInt64 = 0
    package var datagrams: UInt64 = 0
    /// Fragments beside the one that completed each reassembled datagram.
    package var fragmentsJoined: UInt64 = 0
    /// Fragments that the network doubled: the same bytes at the same place of a datagram that still waited.
    package var repeatedFragments: UInt64 = 0
    package var skipped = SkippedCounts()
    /// Packets of datagrams that were seen before and are left out: from another vantage point, and with
    /// ``ReadingRules/Duplicates/merge`` from the same one too.
    package var duplicateSightings: UInt64 = 0
    /// Datagrams that may have been seen before, and nothing proves it; and those that are proven, but kept.
    package var unprovenDuplicates: UInt64 = 0
    package var keptDuplicates: UInt64 = 0
    /// Datagrams that came too many within 20 ms to be compared with all that came behind them.
    package var uncomparedDatagrams: UInt64 = 0
    /// Datagrams that came equally often, ``timesSeenAlike`` times, nearly all of their kind: they have no identification, and
    /// the file does not tell the interface, so that nothing else says whether they were sent or seen so often.
    package var seenAlike: UInt64 = 0
    package var timesSeenAlike = 0
    /// The rules by which the file is read.
    package var rules = ReadingRules.standard
    /// Fragmented datagrams refused whole because fragments overlap or contradict each other (RFC 5722).
    package var refusedReassemblies: UInt64 = 0
    /// Checksums that do not fit, offload's included.
    package var badIPChecksums: UInt64 = 0
    /// Those among ``badIPChecksums`` that are 0, as they are left to the device.
    package var offloadedIPChecksums: UInt64 = 0
    package var badUDPChecksums: UInt64 = 0
    /// Those among ``badUDPChecksums`` that hold the pseudo-header's sum, as the kernel leaves it to the device.
    package var offloadedUDPChecksums: UInt64 = 0
    /// Datagrams that no receiver accepts for their checksums, and those among them that fragments of different datagrams
    /// seem to have been joined to. They stand under ``SkippedCounts/checksum`` unless checksums are ignored.
    package var wrongDatagrams: UInt64 = 0
    package var wronglyJoined: UInt64 = 0
    /// Who sent them, the first ``wrongSourceLimit`` addresses.
    package var wrongSources: [WrongSource] = []
    /// Super-packets: see ``CapturedDatagram/isSegmented``.
    package var segmentedSuperPackets: UInt64 = 0
    /// Times at which a packet's clock stood before its predecessor's, and the largest step back in nanoseconds.
    package var clockStepsBack: UInt64 = 0
    package var largestStepBack: Int64 = 0
    /// The packet at the largest step back, and the largest step forward between two packets with its packet; 0 where there is
    /// none.
    package var largestStepBackPacket: UInt64 = 0
    package private(set) var largestStepForward: Int64 = 0
    package private(set) var largestStepForwardPacket: UInt64 = 0
    /// Packets for which the file states no time (pcapng's simple packets).
    package var packetsWithoutTime: UInt64 = 0
    /// Packets that came in tunnels to a wanted port, and those under ``SkippedCounts/tunnel``, by what cannot be read.
    package var tunnels: [Named] { tunnelCounts.tunnels }
    package var unreadTunnels: [Named] { tunnelCounts.unread }
    var tunnelCounts = TunnelCounts()
    /// What went to other ports, and TCP to the wanted ones.
    package var other = OtherTraffic()
    /// Packets the kernel dropped while capturing, where the file says so (pcapng interface statistics).
    package var kernelDrops: UInt64?
    package var interfaceDrops: UInt64?
    /// The first packet's time, and the last one's, in nanoseconds since 1970.
    package var firstTimestamp: Int64?
    package var lastTimestamp: Int64?
    package init() {}

    /// A number of packets under a name.
    package struct Named: Sendable, Equatable {
        package var name: String
        package var packets: UInt64
    }

    mutating func recordStepBack(_ step: Int64, _ packet: UInt64) {
        clockStepsBack &+= 1
        guard step > largestStepBack else { return }
        largestStepBack = step
        largestStepBackPacket = packet
    }

    mutating func recordStepForward(_ step: Int64, _ packet: UInt64) {
        largestStepForward = step
        largestStepForwardPacket = packet
    }

    package static let wrongSourceLimit = 64

    /// Datagrams of one address whose checksums are wrong.
    package struct WrongSource: Sendable, Equatable {
        /// Its port is 0.
        package var address: Endpoint
        package var datagrams: UInt64
    }

    /// Duplicates about which somebody has to decide.
    package var undecidedDuplicates: UInt64 { rules.duplicates == .ask ? unprovenDuplicates : 0 }

    mutating func recordWrong(from address: Endpoint, isJoined: Bool) {
        wrongDatagrams &+= 1
        if isJoined { wronglyJoined &+= 1 }
        if let index = wrongSources.firstIndex(where: { $0.address == address }) {
            wrongSources[index].datagrams &+= 1
        } else if wrongSources.count < Self.wrongSourceLimit {
            wrongSources.append(WrongSource(address: address, datagrams: 1))
        }
    }
}
