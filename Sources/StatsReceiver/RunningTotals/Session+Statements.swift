import StatsModel
import StatsWire

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
