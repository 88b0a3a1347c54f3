import StatsModel
import StatsWire

/// Packets whose number the receiver takes for out of range.
///
/// Behind the receiver's window it cannot know whether a packet came before, so it refuses all of them. What nothing was
/// accepted of is lost as `out_of_range`, and a gap; a further copy is a duplicate that is undetectable. One that is refused
/// as too far ahead waits for the end, since a later copy may be accepted.
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
        // It is the copy refused that counts for nothing now.
        duplicates.outsideWindow += 1
        gaps.recordAcceptedAfterRefusal(header.sequence, of: header.session)
    }

    /// Nothing more will arrive: what was refused is lost.
    mutating func recordRefusedAsLost() {
        for (_, packets) in refusedAhead.sorted(by: { $0.key < $1.key }) {
            for (_, bytes) in packets.sorted(by: { $0.key < $1.key }) {
                recordLost(bytes.span, as: SentPackets.Reason(cause: .outOfRange, rule: nil))
            }
        }
        refusedAhead = [:]
    }
}
