package import StatsModel
package import StatsWire

/// Running totals: the events that arrived, and the events that running totals restored.
extension StatsReceiver {
    /// Reads the events of an accepted data packet, so that running totals can be compared with them
    /// (``ReceiverConfiguration/maximumStatedMetrics``; does nothing if that is 0). Call it for each accepted packet, before the
    /// next packet is received.
    ///
    /// O(bytes). Allocates for new metrics only.
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

    /// The same for the packet that ``pollRebuilt(at:)`` returned last. O(bytes).
    package mutating func recordArrivedRebuilt(_ header: PacketHeader, from source: SourceID) {
        if configuration.maximumStatedMetrics == 0 { return }
        // The bytes belong to this machine, which cannot lend them while it changes.
        let bytes = withRebuilt { bytes in (0..<bytes.count).map { bytes[$0] } }
        recordArrived(packet: bytes.span, header, from: source)
    }

    /// The events that running totals restored, by metric, over all sessions since the receiver's last restart. A gauge whose
    /// level is known from a running total only is included, even with a count of 0 if the packet with this level was not lost.
    /// O(n log n), allocates.
    package var restated: [RestatedMetric] { table.restated }

    /// Restored events of metrics for which ``restated`` has no room.
    package var restatedBeside: TypeCounts { table.restatedBeside }
}
