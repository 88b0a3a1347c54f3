import StatsModel
import StatsReceiver
import StatsWire

/// Parity in the harness's account.
///
/// A packet without an intact copy waits in ``SentPackets`` until the end of the run, since the receiver may recover it. Parity
/// packets may arrive after the restart of the client that sent them, so the packets of retired clients wait as well.
extension RunAccounting {
    /// Records that the receiver recovered a packet from parity.
    mutating func recordRebuilt(_ packet: RebuiltPacket, bytes: Span<UInt8>, at time: Instant) {
        guard case .accepted(let header, let late) = packet.outcome else { return }
        gaps.recordIntact(header.sequence, of: header.session, isData: true, at: time)
        if gaps.isSettled(header.sequence, of: header.session) {
            // An earlier epoch of the receiver accepted it. No packet arrived twice, so no duplicate was injected.
            recordRepeatedEvents(bytes, header)
            return
        }
        packets.rebuilt += 1
        if !markRebuilt(header) { duplicates.injected += 1 }
        recordAccepted(bytes, header, late: late)
    }

    /// Returns false if the original is still in flight. It then arrives later as an expected duplicate.
    private mutating func markRebuilt(_ header: PacketHeader) -> Bool {
        guard let index = sentBefore.lastIndex(where: { $0.session == header.session }) else {
            return sent.recordRebuilt(header.sequence)
        }
        return sentBefore[index].packets.recordRebuilt(header.sequence)
    }

    /// Records that a client restarted and sends no further copy of its packets.
    mutating func retireSent() {
        guard sent.mayComeLater else {
            sent.finish()
            recordDecidedLosses()
            return
        }
        sentBefore.append((gaps.session, sent))
        sent = SentPackets(mayComeLater: sent.mayComeLater)
    }

    /// Ends the run: packets that still wait are lost.
    mutating func finishSent() {
        sent.finish()
        recordDecidedLosses()
        for index in sentBefore.indices {
            sentBefore[index].packets.finish()
            while let packet = sentBefore[index].packets.pollLost() { recordLost(packet.bytes.span, as: packet.reason) }
        }
    }

    /// Counts of data packets, over all clients.
    var sentCounts: PacketCounts {
        sentBefore.reduce(into: sent.counts) { sum, before in
            sum.sent += before.packets.counts.sent
            sum.dropped += before.packets.counts.dropped
            sum.corrupted += before.packets.counts.corrupted
            sum.duplicated += before.packets.counts.duplicated
        }
    }
}
