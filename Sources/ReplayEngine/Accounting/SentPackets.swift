import NetworkEmulator
import StatsModel

/// The outcomes of data packets in the network. Each packet counts once, however often the client sends it.
///
/// A packet whose second copy is still to be sent has no verdict yet. It waits here, and so do the verdicts of later packets, so
/// that verdicts come in the order of sequence numbers. Memory is bounded by the copies that wait in the client and the packets
/// that are lost meanwhile.
struct SentPackets {
    /// The cause of a packet's loss, and the rule that caused it.
    struct Reason: Equatable {
        let cause: LossCause
        let rule: Int?
    }

    /// A packet without an intact copy, and the reason of its loss.
    struct LostPacket {
        let sequence: UInt64
        let reason: Reason
        let bytes: [UInt8]
    }

    private struct Waiting {
        let sequence: UInt64
        var fate: Fate
        let bytes: [UInt8]
        /// Whether its second copy is still to be sent.
        var isOpen: Bool

        /// Adds the fate of one more copy.
        mutating func add(_ other: Fate) {
            // If any copy arrived damaged, the cause is corruption, and the rule is that of the corruption.
            if fate.corruptedCopies == 0, other.corruptedCopies > 0 { fate.rule = other.rule }
            fate.intactCopies += other.intactCopies
            fate.corruptedCopies += other.corruptedCopies
            fate.isDuplicated = fate.isDuplicated || other.isDuplicated
        }
    }

    /// Whether a packet may still arrive in another way, by retransmission or recovery from parity. The loss of a packet is then
    /// only certain at the end of the run.
    let mayComeLater: Bool
    /// The packets that may still arrive in another way, by number. At the end, they move to `lost`.
    private var open: [UInt64: Waiting] = [:]
    private var lost: [LostPacket] = []
    /// Whether the packet that was just sent for the first time is in `open`.
    private(set) var isMissing = false
    private var waiting: [Waiting] = []
    /// The index of the first waiting packet without a verdict.
    private var first = 0
    private(set) var counts = PacketCounts()
    /// Second intact copies that will arrive, whether made by the network, as second copies or as retransmissions.
    private(set) var duplicates: UInt64 = 0

    init(mayComeLater: Bool) { self.mayComeLater = mayComeLater }

    /// Records that one copy of a packet was sent. Returns the reason if the packet's loss is already certain. That is the usual
    /// case: no other packet waits for a verdict. Otherwise ``pollLost()`` gives the loss later.
    mutating func recordSent(
        _ sequence: UInt64, copy: Int, hasCopy: Bool, fate: Fate, bytes: Span<UInt8>
    ) -> Reason? {
        isMissing = false
        if mayComeLater {
            if let before = open[sequence] {
                retry(before, sequence, fate)
            } else if copy > 0 || fate.intactCopies > 0 {
                // An intact copy arrived before, or arrives now. Every further intact copy is a duplicate.
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

    /// Records a retransmission of a packet without an intact copy so far.
    private mutating func retry(_ before: Waiting, _ sequence: UInt64, _ fate: Fate) {
        var packet = before
        packet.add(fate)
        open[sequence] = packet
        guard fate.intactCopies > 0 else { return }
        duplicates += UInt64(fate.intactCopies - 1)
        count(packet.fate)
        open[sequence] = nil
    }

    /// Records that the receiver recovered the packet from parity. The packet is delivered, and copies that are sent later and
    /// arrive are duplicates. Returns false if an intact copy was already in flight.
    mutating func recordRebuilt(_ sequence: UInt64) -> Bool {
        guard let packet = open.removeValue(forKey: sequence) else { return false }
        counts.sent += 1
        if packet.fate.isDuplicated { counts.duplicated += 1 }
        return true
    }

    /// Records the second copy of the packet that has waited longest for one.
    private mutating func settle(_ sequence: UInt64, _ fate: Fate) {
        guard let index = waiting[first...].firstIndex(where: \.isOpen), waiting[index].sequence == sequence else {
            preconditionFailure("second copies are sent in the order of the first ones")
        }
        let before = waiting[index].fate
        duplicates += UInt64(fate.intactCopies - (before.intactCopies == 0 ? min(1, fate.intactCopies) : 0))
        waiting[index].add(fate)
        waiting[index].isOpen = false
    }

    /// The next lost packet whose verdict is due. Packets that arrived are counted on the way.
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

    /// Ends the sending. No further copies follow, so the copies sent so far decide the verdicts of waiting packets.
    mutating func finish() {
        for index in waiting.indices { waiting[index].isOpen = false }
        // In descending order, because the last element is taken first. The dictionary's order has no effect.
        for packet in open.values.sorted(by: { $0.sequence > $1.sequence }) {
            count(packet.fate)
            guard let reason = Self.loss(packet.fate) else { preconditionFailure("what arrived is not open") }
            lost.append(LostPacket(sequence: packet.sequence, reason: reason, bytes: packet.bytes))
        }
        open = [:]
    }

    /// The reason of a packet's loss: corruption if any copy arrived damaged, and otherwise the reason of the first copy's loss.
    private static func loss(_ fate: Fate) -> Reason? {
        if fate.intactCopies > 0 { return nil }
        return Reason(cause: fate.corruptedCopies > 0 ? .corruption : fate.dropped ?? .corruption, rule: fate.rule)
    }

    private mutating func count(_ fate: Fate) { counts.recordSent(fate) }
}

extension PacketCounts {
    /// Counts a sent packet by the fate of its copies.
    mutating func recordSent(_ fate: Fate) {
        sent += 1
        if fate.isDuplicated { duplicated += 1 }
        if fate.intactCopies > 0 { return }
        if fate.corruptedCopies > 0 { corrupted += 1 } else { dropped += 1 }
    }
}
