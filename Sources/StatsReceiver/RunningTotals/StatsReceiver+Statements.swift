package import StatsModel
package import StatsWire

/// Running totals: what arrived, for them to be held against, and what they restored.
extension StatsReceiver {
    /// Reads what an accepted data packet held, so that running totals can be held against it
    /// (``ReceiverConfiguration/maximumStatedMetrics``; nothing where that is 0). To be called before the next packet is
    /// received, for each that was accepted.
    ///
    /// O(bytes); allocates for new metrics only.
    package mutating func recordArrived(packet bytes: Span<UInt8>, _ header: PacketHeader, from source: SourceID) {
        guard configuration.maximumStatedMetrics > 0, let position = table.position(of: header.session, from: source)
        else { return }
        arrivals.beginPacket(bytes, header: header)
        while true {
            switch arrivals.next(bytes) {
            case .event(let event):
                guard event.type == .counter || event.type == .gauge else { continue }
                if event.isInScratch {
                    let scratch = arrivals.scratch
                    table.recordArrived(event, scratch.span, header.sequence, at: position)
                } else {
                    table.recordArrived(event, bytes, header.sequence, at: position)
                }
            case .malformed: continue
            case .end: return
            }
        }
    }

    /// The same for the packet that ``pollRebuilt(at:)`` gave last. O(bytes).
    package mutating func recordArrivedRebuilt(_ header: PacketHeader, from source: SourceID) {
        if configuration.maximumStatedMetrics == 0 { return }
        // Its bytes are this machine's own, which cannot lend them while it changes.
        let bytes = withRebuilt { bytes in (0..<bytes.count).map { bytes[$0] } }
        recordArrived(packet: bytes.span, header, from: source)
    }

    /// What running totals restored, over all sessions of this life of the receiver, by metric; gauges whose level is known
    /// by a statement alone are among them with a count of 0 too, where the packet with it was not lost. O(n log n), allocates.
    package var restated: [RestatedMetric] { table.restated }

    /// What running totals restored of metrics that ``restated`` has no room for.
    package var restatedBeside: TypeCounts { table.restatedBeside }
}
