import NetworkEmulator
import StatsModel

/// What became of data packets in the network, each counted once however often the client sends it.
///
/// A packet of which a second copy is still to be sent has no verdict yet: it waits here, and so do the verdicts of
/// packets behind it, so that verdicts come in the order of sequence numbers. Memory is bounded by the copies that wait
/// in the client and the packets lost meanwhile.
struct SentPackets {
    /// Why no intact copy of a packet arrives, and by which rule.
    struct Reason: Equatable {
        let cause: LossCause
        let rule: Int?
    }

    /// A packet of which no intact copy arrives, and why.
    struct Death {
        let sequence: UInt64
        let reason: Reason
        let bytes: [UInt8]
    }

    private struct Waiting {
        let sequence: UInt64
        var fate: Fate
        let bytes: [UInt8]
        /// Its second copy is still to be sent.
        var isOpen: Bool
    }

    private var waiting: [Waiting] = []
    /// Those in front of it have their verdict.
    private var first = 0
    private(set) var counts = PacketCounts()
    /// Second intact copies that will arrive, whoever made them.
    private(set) var duplicates: UInt64 = 0

    /// One copy of a packet was sent. Answers whether it is dead for certain, the usual case: nothing else waits.
    mutating func recordSent(
        _ sequence: UInt64, copy: Int, hasCopy: Bool, fate: Fate, bytes: Span<UInt8>
    ) -> Reason? {
        if copy > 0 {
            settle(sequence, fate)
            return nil
        }
        duplicates += UInt64(max(0, fate.intactCopies - 1))
        if !hasCopy, first == waiting.count {
            count(fate)
            return Self.death(fate)
        }
        if hasCopy || fate.intactCopies == 0 {
            let copied = fate.intactCopies == 0 ? (0..<bytes.count).map { bytes[$0] } : []
            waiting.append(Waiting(sequence: sequence, fate: fate, bytes: copied, isOpen: hasCopy))
        } else {
            count(fate)
        }
        return nil
    }

    /// The second copy of the packet that has waited for it longest was sent.
    private mutating func settle(_ sequence: UInt64, _ fate: Fate) {
        guard let index = waiting[first...].firstIndex(where: \.isOpen), waiting[index].sequence == sequence else {
            preconditionFailure("second copies are sent in the order of the first ones")
        }
        let before = waiting[index].fate
        duplicates += UInt64(fate.intactCopies - (before.intactCopies == 0 ? min(1, fate.intactCopies) : 0))
        // The cause is a corruption's where any copy arrived damaged, and so is the rule.
        if before.corruptedCopies == 0, fate.corruptedCopies > 0 { waiting[index].fate.rule = fate.rule }
        waiting[index].fate.intactCopies += fate.intactCopies
        waiting[index].fate.corruptedCopies += fate.corruptedCopies
        waiting[index].fate.isDuplicated = before.isDuplicated || fate.isDuplicated
        waiting[index].isOpen = false
    }

    /// The next packet whose verdict is due and death; those that arrive are counted on the way.
    mutating func pollDeath() -> Death? {
        while first < waiting.count, !waiting[first].isOpen {
            let packet = waiting[first]
            first += 1
            if first == waiting.count || first > 1024 {
                waiting.removeFirst(first)
                first = 0
            }
            count(packet.fate)
            if let reason = Self.death(packet.fate) {
                return Death(sequence: packet.sequence, reason: reason, bytes: packet.bytes)
            }
        }
        return nil
    }

    /// No further copy will be sent: what waits has the verdict of what was.
    mutating func finish() {
        for index in waiting.indices { waiting[index].isOpen = false }
    }

    /// What kills a packet of these copies: the corruption of one that arrived, else what took the first.
    private static func death(_ fate: Fate) -> Reason? {
        if fate.intactCopies > 0 { return nil }
        return Reason(cause: fate.corruptedCopies > 0 ? .corruption : fate.dropped ?? .corruption, rule: fate.rule)
    }

    private mutating func count(_ fate: Fate) { counts.recordSent(fate) }
}

extension PacketCounts {
    /// A packet was sent, and this is what becomes of its copies.
    mutating func recordSent(_ fate: Fate) {
        sent += 1
        if fate.isDuplicated { duplicated += 1 }
        if fate.intactCopies > 0 { return }
        if fate.corruptedCopies > 0 { corrupted += 1 } else { dropped += 1 }
    }
}
