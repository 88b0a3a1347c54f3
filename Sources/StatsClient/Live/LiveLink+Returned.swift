import StatsModel
import StatsPipeline
import StatsWire
import SystemIO

// Datagrams that come back, since nobody listens at the destination (ICMP). The kernel quotes the beginning of each.
extension LiveLink {
    /// Reads which datagrams came back, and counts their events as lost.
    mutating func collectReturned(at now: Instant, _ accounting: inout LiveAccounting) {
        guard isWatching else { return }
        var known = 0
        for _ in 0..<Self.quoteLimit {
            guard let (byteCount, failure) = socket?.nextReturned(into: &quote) else { break }
            known += 1
            accounting.progress.failures[Int(failure.rawValue)] += 1
            accounting.progress.returned += 1
            hasReturned = true
            if isText { settleReturnedText(min(byteCount, quote.count), &accounting) }
            if let sequence = dataSequence(ofQuoted: byteCount) { settleReturned(sequence, &accounting) }
        }
        if known > 0 { renewSocket(at: now) }
    }

    /// The number of the quoted data packet. nil if another kind of packet was quoted, or too little of it.
    private func dataSequence(ofQuoted byteCount: Int) -> UInt64? {
        let quoted = quote.span.extracting(first: min(byteCount, quote.count))
        guard let header = PacketHeader(unverified: quoted), header.kind == .data else { return nil }
        return header.sequence
    }

    /// Text has no number. The oldest datagram that begins with the quoted bytes is taken. If it is the wrong one, both have the
    /// same contents up to there.
    private mutating func settleReturnedText(_ byteCount: Int, _ accounting: inout LiveAccounting) {
        guard byteCount > 0 else { return }
        for offset in 0..<slots.count {
            // The half that is not being filled is the older one.
            let place = (base + LiveWorker.batchLimit + offset) % slots.count
            guard slots[place].state == .taken, Int(lengths[place]) >= byteCount,
                (0..<byteCount).allSatisfy({ bytes[slots[place].offset + $0] == quote[$0] })
            else { continue }
            slots[place].state = .failed
            withDatagram(at: place) { accounting.recordReturned($1, $0) }
            return
        }
    }

    private mutating func settleReturned(_ sequence: UInt64, _ accounting: inout LiveAccounting) {
        for place in 0..<slots.count
        where slots[place].state == .taken && slots[place].packet.kind == .data
            && slots[place].packet.sequence == sequence
        {
            slots[place].state = .failed
            withDatagram(at: place) { accounting.recordReturned($1, $0) }
            return
        }
    }
}
