public import StatsModel
public import StatsWire

/// What a session's running totals are held against.
extension Session {
    /// The statements behind a report that ``hear(_:at:_:)`` has heard.
    mutating func hearStatements(
        _ bytes: Span<UInt8>, _ header: PacketHeader, room: inout Int, _ configuration: ReceiverConfiguration, at now: Instant
    ) {
        // A number that is not believed says nothing of any packet.
        guard header.sequence <= tracker.highest, bytes.count > StatementReader.start else { return }
        statements?.hear(bytes, header, tracker, room: &room, configuration: configuration, at: now)
    }
}

extension StatsReceiver {
    /// Reads what an accepted data packet held, so that running totals can be held against it
    /// (``ReceiverConfiguration/maximumStatedMetrics``; nothing where that is 0). To be called before the next packet is
    /// received, for each that was accepted.
    ///
    /// O(bytes); allocates for new metrics only.
    public mutating func recordArrived(packet bytes: Span<UInt8>, _ header: PacketHeader, from source: SourceID) {
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

    /// What running totals restored, over all sessions of this life of the receiver, by metric; gauges whose level is known
    /// by a statement alone are among them with a count of 0 too, where the packet with it was not lost. O(n log n), allocates.
    public var restated: [RestatedMetric] { table.restated }

    /// What running totals restored of metrics that ``restated`` has no room for.
    public var restatedBeside: TypeCounts { table.restatedBeside }
}
