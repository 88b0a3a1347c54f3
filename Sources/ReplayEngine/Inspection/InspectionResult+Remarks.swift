extension InspectionResult {
    /// Datagrams to a port that was not requested.
    package struct OtherPort: Codable, Equatable, Sendable {
        /// The port's number.
        package var port: UInt16
        /// The number of datagrams to this port.
        package var datagrams: UInt64
        /// Whether most of the examined datagrams begin like StatsD text. This is a guess.
        package var looksLikeStats: Bool
        enum CodingKeys: String, CodingKey {
            case port, datagrams
            case looksLikeStats = "looks_like_stats"
        }
    }

    /// One address that sent datagrams with wrong checksums.
    package struct WrongSource: Codable, Equatable, Sendable {
        /// The address, without a port.
        package var source: String
        /// The number of its datagrams with wrong checksums, and of its other datagrams.
        package var wrong, right: UInt64

        /// True if at least half of the checksums are wrong. The capture may run on the sender's own machine, which leaves
        /// checksums to its network card (offload).
        package var isMostlyWrong: Bool { wrong >= right }
    }

    /// Facts that are worth knowing about the file. None of them is a problem by itself.
    package struct Remarks: Codable, Equatable, Sendable {
        /// Wrong checksums of IP headers and of UDP, and those UDP checksums that were left to the network card (offload).
        package var badIPChecksums, badUDPChecksums, offloadedUDPChecksums: UInt64
        /// Super-packets of segmentation offload, datagrams that were split into several packets, packets left out as captured
        /// twice, and fragments that were joined or repeated.
        package var superPackets, splitDatagrams, duplicateCaptures, fragmentsJoined, repeatedFragments: UInt64
        /// Datagrams that may have been captured twice without proof, and datagrams that were certainly captured twice but were
        /// kept.
        package var unprovenDuplicates, keptDuplicates: UInt64
        /// Wrong IP header checksums that were left to the network card (offload). Part of ``badIPChecksums``.
        package var offloadedIPChecksums: UInt64
        /// Datagrams that no receiver accepts because of a wrong checksum, and those among them that were joined from fragments.
        package var wrongDatagrams, wronglyJoined: UInt64
        /// Their senders, the first ``PacketCapture/CaptureNotes/wrongSourceLimit`` addresses.
        package var wrongSources: [WrongSource]
        /// The number of packets that are older than the packet before them.
        package var clockStepsBack: UInt64
        /// The largest step back of the clock.
        package var largestStepBackNanoseconds: Int64
        /// Whether any datagram has a time. If false, all times are zero or missing.
        package var hasTime: Bool
        /// Packets without a time in the file (pcapng's simple packets).
        package var packetsWithoutTime: UInt64
        /// The largest step forward of the clock.
        package var largestStepForwardNanoseconds: Int64
        /// The numbers of the packets at the largest steps forward and back. 0 if there is no step.
        package var largestStepForwardPacket, largestStepBackPacket: UInt64
        /// Packets that came in tunnels, by kind of tunnel, and packets whose tunnel cannot be read, by reason.
        package var tunnels, unreadTunnels: [String: UInt64]
        /// The busiest other ports: first those that look like stats, then by number of datagrams.
        package var otherPorts: [OtherPort]
        /// TCP segments to the requested ports.
        package var tcpPackets: UInt64
        /// Packets that the kernel dropped while capturing. null if the file does not say.
        @Nullable package var kernelDrops: UInt64?
        /// Packets that the network interface dropped. null if the file does not say.
        @Nullable package var interfaceDrops: UInt64?
        /// The time of the first packet.
        @Nullable package var firstTimestamp: Int64?
        /// The time of the last packet.
        @Nullable package var lastTimestamp: Int64?
        enum CodingKeys: String, CodingKey {
            case badIPChecksums = "bad_ip_checksums"
            case badUDPChecksums = "bad_udp_checksums"
            case offloadedUDPChecksums = "offloaded_udp_checksums"
            case superPackets = "super_packets"
            case splitDatagrams = "split_datagrams"
            case duplicateCaptures = "duplicate_captures"
            case unprovenDuplicates = "unproven_duplicates"
            case keptDuplicates = "kept_duplicates"
            case offloadedIPChecksums = "offloaded_ip_checksums"
            case wrongDatagrams = "wrong_checksums"
            case wronglyJoined = "wrongly_joined"
            case wrongSources = "wrong_checksum_sources"
            case fragmentsJoined = "fragments_joined"
            case repeatedFragments = "repeated_fragments"
            case clockStepsBack = "clock_steps_back"
            case largestStepBackNanoseconds = "largest_step_back_ns"
            case hasTime = "has_time"
            case packetsWithoutTime = "packets_without_time"
            case largestStepForwardNanoseconds = "largest_step_forward_ns"
            case largestStepForwardPacket = "largest_step_forward_packet"
            case largestStepBackPacket = "largest_step_back_packet"
            case tunnels
            case unreadTunnels = "unread_tunnels"
            case otherPorts = "other_ports"
            case tcpPackets = "tcp_packets"
            case kernelDrops = "kernel_drops"
            case interfaceDrops = "interface_drops"
            case firstTimestamp = "first_timestamp"
            case lastTimestamp = "last_timestamp"
        }
    }
}
