import StatsModel
import StatsReceiver
import StatsWire

/// Parity in the harness's books.
///
/// A packet of which nothing intact arrives waits in ``SentPackets`` until the end, in case the receiver works it out. Parity
/// packets may arrive after the client that sent them died, so what it sent waits as long.
extension RunBooks {
    /// The receiver worked a packet out from parity. Returns the events that it accepted, by type.
    mutating func recordRebuilt(_ packet: RebuiltPacket, bytes: Span<UInt8>, at time: Instant) -> TypeCounts {
        guard case .accepted(let header, let late) = packet.outcome else { return TypeCounts() }
        gaps.recordHeard(header.sequence, of: header.session, isData: true, at: time)
        if gaps.isSettled(header.sequence, of: header.session) {
            // Accepted in an earlier life of the receiver. Nothing came twice on the wire.
            return recordRepeatedEvents(bytes, header)
        }
        packets.rebuilt += 1
        if !markRebuilt(header) { duplicates.injected += 1 }
        return recordAccepted(bytes, header, late: late)
    }

    /// False where the packet itself is under way, and will be called a duplicate.
    private mutating func markRebuilt(_ header: PacketHeader) -> Bool {
        guard let index = sentBefore.lastIndex(where: { $0.session == header.session }) else {
            return sent.recordRebuilt(header.sequence)
        }
        return sentBefore[index].packets.recordRebuilt(header.sequence)
    }

    /// A client died: no further copy of what it sent will follow.
    mutating func retireSent() {
        guard sent.mayComeLater else {
            sent.finish()
            buryDecided()
            return
        }
        sentBefore.append((gaps.session, sent))
        sent = SentPackets(mayComeLater: sent.mayComeLater)
    }

    /// Nothing more will arrive: what waits is lost.
    mutating func finishSent() {
        sent.finish()
        buryDecided()
        for index in sentBefore.indices {
            sentBefore[index].packets.finish()
            while let death = sentBefore[index].packets.pollDeath() { bury(death.bytes.span, as: death.reason) }
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
