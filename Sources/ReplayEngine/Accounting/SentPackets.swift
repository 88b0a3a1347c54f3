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
    struct LostPacket {
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

        /// What becomes of one more copy.
        mutating func add(_ other: Fate) {
            // The cause is a corruption's where any copy arrived damaged, and so is the rule.
            if fate.corruptedCopies == 0, other.corruptedCopies > 0 { fate.rule = other.rule }
            fate.intactCopies += other.intactCopies
            fate.corruptedCopies += other.corruptedCopies
            fate.isDuplicated = fate.isDuplicated || other.isDuplicated
        }
    }

    /// Whether any packet may still come in another way, retransmitted or worked out from parity, so that the verdict of one of
    /// which nothing arrived is known at the end only.
    let mayComeLater: Bool
    /// Those, by number; and at the end those that are lost, in the order of their numbers.
    private var open: [UInt64: Waiting] = [:]
    private var lost: [LostPacket] = []
    /// The packet just sent for the first time is among those.
    private(set) var isMissing = false
    private var waiting: [Waiting] = []
    /// Those in front of it have their verdict.
    private var first = 0
    private(set) var counts = PacketCounts()
    /// Second intact copies that will arrive, whoever made them.
    private(set) var duplicates: UInt64 = 0

    init(mayComeLater: Bool) { self.mayComeLater = mayComeLater }

    /// One copy of a packet was sent. Answers whether it is lost for certain, the usual case: nothing else waits.
    mutating func recordSent(
        _ sequence: UInt64, copy: Int, hasCopy: Bool, fate: Fate, bytes: Span<UInt8>
    ) -> Reason? {
        isMissing = false
        if mayComeLater {
            if let before = open[sequence] {
                retry(before, sequence, fate)
            } else if copy > 0 || fate.intactCopies > 0 {
                // What arrived before arrives once more.
                duplicates += UInt64(copy > 0 ? fate.intactCopies : fate.intactCopies - 1)
                if copy == 0 { count(fate) }
            } else {
                isMissing = true
                open[sequence] = Waiting(
                    sequence: sequence, fate: fate, bytes: (0..<bytes.count).map { bytes[$0] }, isOpen: true)
            }
            return nil
        }
        if copy > 0 {
            settle(sequence, fate)
            return nil
        }
        duplicates += UInt64(max(0, fate.intactCopies - 1))
        if !hasCopy, first == waiting.count {
            count(fate)
            return Self.loss(fate)
        }
        if hasCopy || fate.intactCopies == 0 {
            let copied = fate.intactCopies == 0 ? (0..<bytes.count).map { bytes[$0] } : []
            waiting.append(Waiting(sequence: sequence, fate: fate, bytes: copied, isOpen: hasCopy))
        } else {
            count(fate)
        }
        return nil
    }

    /// A packet of which nothing intact had arrived was sent once more.
    private mutating func retry(_ before: Waiting, _ sequence: UInt64, _ fate: Fate) {
        var packet = before
        packet.add(fate)
        open[sequence] = packet
        guard fate.intactCopies > 0 else { return }
        duplicates += UInt64(fate.intactCopies - 1)
        count(packet.fate)
        open[sequence] = nil
    }

    /// The receiver worked the packet out from parity: it is delivered, and what of it is sent afterwards and arrives is a second
    /// copy. False where an intact copy of it was on its way already.
    mutating func recordRebuilt(_ sequence: UInt64) -> Bool {
        guard let packet = open.removeValue(forKey: sequence) else { return false }
        counts.sent += 1
        if packet.fate.isDuplicated { counts.duplicated += 1 }
        return true
    }

    /// The second copy of the packet that has waited for it longest was sent.
    private mutating func settle(_ sequence: UInt64, _ fate: Fate) {
        guard let index = waiting[first...].firstIndex(where: \.isOpen), waiting[index].sequence == sequence else {
            preconditionFailure("second copies are sent in the order of the first ones")
        }
        let before = waiting[index].fate
        duplicates += UInt64(fate.intactCopies - (before.intactCopies == 0 ? min(1, fate.intactCopies) : 0))
        waiting[index].add(fate)
        waiting[index].isOpen = false
    }

    /// The next packet whose verdict is due and death; those that arrive are counted on the way.
    mutating func pollLost() -> LostPacket? {
        if let packet = lost.popLast() { return packet }
        while first < waiting.count, !waiting[first].isOpen {
            let packet = waiting[first]
            first += 1
            if first == waiting.count || first > 1024 {
                waiting.removeFirst(first)
                first = 0
            }
            count(packet.fate)
            if let reason = Self.loss(packet.fate) {
                return LostPacket(sequence: packet.sequence, reason: reason, bytes: packet.bytes)
            }
        }
        return nil
    }

    /// No further copy will be sent: what waits has the verdict of what was.
    mutating func finish() {
        for index in waiting.indices { waiting[index].isOpen = false }
        // Sorted downwards, since the last is taken first: no dictionary's order reaches anyone.
        for packet in open.values.sorted(by: { $0.sequence > $1.sequence }) {
            count(packet.fate)
            guard let reason = Self.loss(packet.fate) else { preconditionFailure("what arrived is not open") }
            lost.append(LostPacket(sequence: packet.sequence, reason: reason, bytes: packet.bytes))
        }
        open = [:]
    }

    /// What kills a packet of these copies: the corruption of one that arrived, else what took the first.
    private static func loss(_ fate: Fate) -> Reason? {
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
