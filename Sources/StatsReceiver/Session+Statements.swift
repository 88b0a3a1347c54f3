import StatsModel
import StatsWire

/// What a session's running totals are held against.
extension Session {
    /// An event of an accepted data packet.
    mutating func recordArrived(_ event: DecodedEvent, _ bytes: Span<UInt8>, _ header: PacketHeader, room: inout Int) {
        statements?.recordArrived(event, bytes, in: header.sequence, room: &room)
    }

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
    /// Says what an accepted data packet held, event by event, so that running totals can be held against it; only where
    /// ``ReceiverConfiguration/maximumStatedMetrics`` is not 0. To be called before the next packet is received.
    ///
    /// - Parameter bytes: what the event's ranges are in
    ///
    /// O(bytes of the key).
    public mutating func recordArrived(
        _ event: DecodedEvent, bytes: Span<UInt8>, in header: PacketHeader, from source: SourceID
    ) {
        guard event.type == .counter || event.type == .gauge else { return }
        table.recordArrived(event, bytes, header, from: source)
    }

    /// What running totals restored, over all sessions of this life of the receiver, by metric; gauges whose level is known
    /// by a statement alone are among them with a count of 0 too, where the packet with it was not lost. O(n log n), allocates.
    public var restored: [RestoredMetric] { table.restored }

    /// What running totals restored of metrics that ``restored`` has no room for.
    public var restoredBeside: TypeCounts { table.restoredBeside }
}
