import StatsModel
import StatsReceiver
import StatsWire

/// Parity in the harness's account.
///
/// A packet of which nothing intact arrives waits in ``SentPackets`` until the end, in case the receiver works it out. Parity
/// packets may arrive after the restart of the client that sent them, so what it sent waits as long.
extension RunAccounting {
    /// The receiver worked a packet out from parity.
    mutating func recordRebuilt(_ packet: RebuiltPacket, bytes: Span<UInt8>, at time: Instant) {
        guard case .accepted(let header, let late) = packet.outcome else { return }
        gaps.recordHeard(header.sequence, of: header.session, isData: true, at: time)
        if gaps.isSettled(header.sequence, of: header.session) {
            // Accepted in an earlier epoch of the receiver. Nothing came twice on the wire.
            recordRepeatedEvents(bytes, header)
            return
        }
        packets.rebuilt += 1
        if !markRebuilt(header) { duplicates.injected += 1 }
        recordAccepted(bytes, header, late: late)
    }

    /// False where the packet itself is under way, and will be called a duplicate.
    private mutating func markRebuilt(_ header: PacketHeader) -> Bool {
        guard let index = sentBefore.lastIndex(where: { $0.session == header.session }) else {
            return sent.recordRebuilt(header.sequence)
        }
        return sentBefore[index].packets.recordRebuilt(header.sequence)
    }

    /// A client restarted: no further copy of what it sent will follow.
    mutating func retireSent() {
        guard sent.mayComeLater else {
            sent.finish()
            recordDecidedLosses()
            return
        }
        sentBefore.append((gaps.session, sent))
        sent = SentPackets(mayComeLater: sent.mayComeLater)
    }

    /// Nothing more will arrive: what waits is lost.
    mutating func finishSent() {
        sent.finish()
        recordDecidedLosses()
        for index in sentBefore.indices {
            sentBefore[index].packets.finish()
            while let packet = sentBefore[index].packets.pollLost() { recordLost(packet.bytes.span, as: packet.reason) }
        }
    }

    /// Data packets of all clients.
    var sentCounts: PacketCounts {
        sentBefore.reduce(into: sent.counts) { sum, before in
            sum.sent += before.packets.counts.sent
            sum.dropped += before.packets.counts.dropped
            sum.corrupted += before.packets.counts.corrupted
            sum.duplicated += before.packets.counts.duplicated
        }
    }
}
