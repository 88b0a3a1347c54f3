/// What was counted and found in a capture file, apart from its datagrams.
///
/// At every moment each packet read is counted in exactly one place:
/// `packets = datagrams + fragmentsJoined + repeatedFragments + duplicateCaptures + skipped.total`.
package struct CaptureNotes: Sendable, Equatable {
    /// "pcap" or "pcapng".
    package var format = ""
    /// Names of the declared link types ("ethernet", "linux-sll2", …) in order of first appearance, 64 at most.
    package var linkTypes: [String] = []
    /// The ``linkTypes`` that cannot be read. Their packets count under ``SkippedCounts/notUDP``.
    package var unsupportedLinkTypes: [String] = []
    /// Packets read so far.
    package var packets: UInt64 = 0
    /// Datagrams read, without the duplicate captures that are left out.
    package var datagrams: UInt64 = 0
    /// Fragments of reassembled datagrams, without the fragment that completed each datagram.
    package var fragmentsJoined: UInt64 = 0
    /// Duplicated fragments: the same bytes at the same place of a datagram that is still incomplete.
    package var repeatedFragments: UInt64 = 0
    /// Packets that gave no datagram, by reason.
    package var skipped = SkippedCounts()
    /// Packets of datagrams that are left out as duplicate captures: from another vantage point, and with
    /// ``ReadingRules/Duplicates/merge`` also from the same one.
    package var duplicateCaptures: UInt64 = 0
    /// Datagrams that may be duplicate captures without proof.
    package var unprovenDuplicates: UInt64 = 0
    /// Proven duplicate captures that were kept, because ``ReadingRules/Duplicates/keep`` asks for it.
    package var keptDuplicates: UInt64 = 0
    /// Datagrams dropped from the table of recent datagrams within 20 ms, so that later ones were not compared with them.
    package var uncomparedDatagrams: UInt64 = 0
    /// Datagrams that appear ``timesSeenAlike`` times each. Nearly all datagrams without identification do so, and the file
    /// does not tell the interface. Nothing else shows whether they were sent or captured that often.
    package var seenAlike: UInt64 = 0
    /// How often each datagram under ``seenAlike`` appears; 0 where there is none.
    package var timesSeenAlike = 0
    /// The rules by which the file is read.
    package var rules = ReadingRules.standard
    /// Fragmented datagrams refused whole because fragments overlap or contradict each other (RFC 5722).
    package var refusedReassemblies: UInt64 = 0
    /// IP header checksums that do not match, those left to the device (offload) included.
    package var badIPChecksums: UInt64 = 0
    /// The ``badIPChecksums`` that are 0 because the sender left them to the device.
    package var offloadedIPChecksums: UInt64 = 0
    /// UDP checksums that do not match, those left to the device included.
    package var badUDPChecksums: UInt64 = 0
    /// The ``badUDPChecksums`` that hold the sum of the pseudo-header, which the kernel leaves to the device to complete.
    package var offloadedUDPChecksums: UInt64 = 0
    /// Datagrams that no receiver accepts because of their checksums. They count under ``SkippedCounts/checksum`` unless
    /// checksums are ignored.
    package var wrongDatagrams: UInt64 = 0
    /// The ``wrongDatagrams`` that were probably joined from fragments of different datagrams.
    package var wronglyJoined: UInt64 = 0
    /// The senders of the ``wrongDatagrams``: the first ``wrongSourceLimit`` addresses.
    package var wrongSources: [WrongSource] = []
    /// Super-packets of segmentation offload: see ``CapturedDatagram/isSegmented``.
    package var segmentedSuperPackets: UInt64 = 0
    /// How often a packet's time was before the time of the packet in front of it.
    package var clockStepsBack: UInt64 = 0
    /// The largest step back, in nanoseconds.
    package var largestStepBack: Int64 = 0
    /// The packet at the largest step back; 0 where there is none.
    package var largestStepBackPacket: UInt64 = 0
    /// The largest step forward between two packets, in nanoseconds.
    package private(set) var largestStepForward: Int64 = 0
    /// The packet at the largest step forward; 0 where there is none.
    package private(set) var largestStepForwardPacket: UInt64 = 0
    /// Packets for which the file states no time (pcapng's simple packets).
    package var packetsWithoutTime: UInt64 = 0
    /// Packets to a wanted port that came in tunnels, by kind of tunnel.
    package var tunnels: [Named] { tunnelCounts.tunnels }
    /// Packets under ``SkippedCounts/tunnel``, by the reason why the tunnel cannot be read.
    package var unreadTunnels: [Named] { tunnelCounts.unread }
    var tunnelCounts = TunnelCounts()
    /// Traffic to other ports, and TCP to the wanted ones.
    package var other = OtherTraffic()
    /// Packets the kernel dropped while capturing, where the file says so (pcapng interface statistics).
    package var kernelDrops: UInt64?
    /// Packets that the interface dropped while capturing, where the file tells it.
    package var interfaceDrops: UInt64?
    /// The time of the first packet, in nanoseconds since 1970; nil without packets.
    package var firstTimestamp: Int64?
    /// The time of the last packet, in nanoseconds since 1970; nil without packets.
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

    /// Addresses that ``wrongSources`` holds at most.
    package static let wrongSourceLimit = 64

    /// Datagrams with wrong checksums from one address.
    package struct WrongSource: Sendable, Equatable {
        /// The address; its port is 0.
        package var address: Endpoint
        package var datagrams: UInt64
    }

    /// Unproven duplicates that need a decision of the user.
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
