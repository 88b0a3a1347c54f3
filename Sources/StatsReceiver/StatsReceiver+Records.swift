import StatsModel
import StatsWire

/// Decoding of accepted packets.
extension StatsReceiver {
    /// Decodes an accepted data packet once for both uses: the session's record account, which measures loss in records, and its
    /// running totals.
    ///
    /// O(bytes). Allocates only for new metrics of running totals.
    mutating func recordHeld(_ bytes: Span<UInt8>, _ header: PacketHeader, from source: SourceID) {
        let sendsRunningTotals = configuration.maximumRunningTotals > 0
        guard configuration.countsRecords || sendsRunningTotals, let position = table.position(of: header.session, from: source)
        else { return }
        var counts = TypeCounts()
        decoder.beginPacket(bytes, header: header)
        decoder.forEachBatch(bytes) { events, bytes in
            for index in events.indices { counts.add(events[index].type, count: events[index].count) }
            if sendsRunningTotals { table.recordArrived(events, bytes, header.sequence, at: position) }
        } malformed: { _, _ in
        }
        guard configuration.countsRecords else { return }
        held = counts
        table.account(at: position) { $0.recordDelivered(counts, sequence: header.sequence) }
    }
}
