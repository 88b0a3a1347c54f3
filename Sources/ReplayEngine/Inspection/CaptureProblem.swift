package import PacketCapture

/// A reason why a capture makes no fixture, as numbers and names. `Verification` says it in a sentence, with advice.
package enum CaptureProblem: Equatable, Sendable {
    /// An error ended the reading after so many packets.
    case broken(packets: UInt64, CaptureError)

    // No events.
    /// Datagrams were read, but none of them holds a stats event.
    case noEvents(datagrams: UInt64)
    /// No datagram goes to the wanted ports. These are the busiest other ports, and the number of datagrams to further ports.
    case otherPortsOnly([OtherTraffic.Port], further: UInt64)
    /// The checksums of all datagrams are wrong.
    case wrongChecksumsOnly(datagrams: UInt64)
    /// The capture holds nothing to replay. `isExplained` says whether another problem of the capture is the reason.
    case empty(isExplained: Bool)

    // Packets that were passed over.
    case unreadTunnels(packets: UInt64, [CaptureNotes.Named])
    case unreadEncapsulations([CaptureNotes.Named])
    /// TCP segments to the wanted ports.
    case tcp(segments: UInt64)
    case unreadLinkType(String)

    // Packets that are missing, or that are not whole.
    case truncatedPackets(UInt64)
    /// Packets with headers that contradict each other.
    case malformedPackets(UInt64)
    /// Fragments of datagrams that never became whole.
    case loneFragments(UInt64)
    case kernelDrops(UInt64)
    case interfaceDrops(UInt64)
    /// Data packets that are missing in their session's numbers.
    case missingSequenceNumbers(UInt64)
    /// Packets with a sequence number out of range.
    case incredibleSequenceNumbers(UInt64)

    // Datagrams that may be in the capture twice.
    /// So many datagrams came so many times each, on an interface that hides where it saw them.
    case repeatedDatagrams(UInt64, times: Int)
    /// Datagrams that may have been captured twice, without proof.
    case undecidedDuplicates(UInt64)
    /// Datagrams that were forgotten before their duplicates could arrive.
    case uncomparedDatagrams(UInt64)

    // Contents that cannot be replayed as they were sent.
    case malformedLines(UInt64)
    /// Super-packets of segmentation offload that hold text.
    case textSuperPackets(UInt64)
    case checksumFailures(UInt64)
    /// Events longer than the default client's limit, with the encoded bytes of the longest. No setting helps if no datagram
    /// can hold it.
    case longEvents(UInt64, longest: Int, limit: Int, fitsDatagram: Bool)
    /// More metrics than the default client keeps.
    case metricsBeyondClient(UInt64, limit: Int)
    /// More metrics than the inspection can count.
    case metricsBeyondInspection(counted: Int)

    // The capture's clock.
    /// Steps back of the clock: their number, the largest in nanoseconds, and the packet behind it.
    case clockStepsBack(UInt64, largest: Int64, packet: UInt64)
    /// The largest step forward of the clock in nanoseconds, and the packet behind it.
    case clockStepForward(Int64, packet: UInt64)
}
