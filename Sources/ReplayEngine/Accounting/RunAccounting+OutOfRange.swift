import StatsModel
import StatsWire

/// Packets whose number the receiver refuses as out of range.
///
/// The receiver cannot know whether a packet behind its window arrived before, so it refuses all of them. A packet of which no
/// copy was accepted is lost as `out_of_range`, and is a gap. A further copy of an accepted packet is a duplicate outside the
/// window. A packet that is refused as too far ahead waits for the end of the run, since a later copy may be accepted.
extension RunAccounting {
    mutating func recordOutOfRange(_ bytes: Span<UInt8>, _ header: PacketHeader) {
        switch gaps.recordRefused(header.sequence, of: header.session) {
        case .again:
            if hasOpenDuplicates { duplicates.outsideWindow += 1 } else { duplicates.falseAlarms += 1 }
        case .first(isFinal: true):
            packets.refused += 1
            recordLost(bytes, as: SentPackets.Reason(cause: .outOfRange, rule: nil))
        case .first(isFinal: false):
            packets.refused += 1
            refusedAhead[header.session, default: [:]][header.sequence] = (0..<bytes.count).map { bytes[$0] }
        }
    }

    mutating func recordAcceptedAfterRefusal(_ header: PacketHeader) {
        guard refusedAhead[header.session]?.removeValue(forKey: header.sequence) != nil else { return }
        packets.refused -= 1
        // The refused copy is now the superfluous one.
        duplicates.outsideWindow += 1
        gaps.recordAcceptedAfterRefusal(header.sequence, of: header.session)
    }

    /// Ends the run: packets that are still refused are lost.
    mutating func recordRefusedAsLost() {
        for (_, packets) in refusedAhead.sorted(by: { $0.key < $1.key }) {
            for (_, bytes) in packets.sorted(by: { $0.key < $1.key }) {
                recordLost(bytes.span, as: SentPackets.Reason(cause: .outOfRange, rule: nil))
            }
        }
        refusedAhead = [:]
    }
}
