import StatsModel
import StatsWire

/// The records of accepted packets.
extension StatsReceiver {
    /// Decodes a data packet that was accepted, for everything here that asks for its records: the session's account, which
    /// tells loss in records, and its running totals.
    ///
    /// O(bytes); allocates for new metrics of running totals only.
    mutating func recordHeld(_ bytes: Span<UInt8>, _ header: PacketHeader, from source: SourceID) {
        let isStating = configuration.maximumStatedMetrics > 0
        guard configuration.countsRecords || isStating, let position = table.position(of: header.session, from: source)
        else { return }
        var counts = TypeCounts()
        decoder.beginPacket(bytes, header: header)
        records: while true {
            switch decoder.next(bytes) {
            case .event(let event):
                counts.add(event.type, count: event.count)
                guard isStating, event.type == .counter || event.type == .gauge else { continue }
                if event.isInScratch {
                    let scratch = decoder.scratch
                    table.recordArrived(event, scratch.span, header.sequence, at: position)
                } else {
                    table.recordArrived(event, bytes, header.sequence, at: position)
                }
            case .malformed: continue
            case .end: break records
            }
        }
        guard configuration.countsRecords else { return }
        held = counts
        table.account(at: position) { $0.recordDelivered(counts, sequence: header.sequence) }
    }
}
