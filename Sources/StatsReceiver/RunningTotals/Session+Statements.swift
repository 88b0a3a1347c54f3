import StatsModel
import StatsWire

/// Running totals of a session.
extension Session {
    /// Takes the running totals after a report that ``hear(_:at:_:)`` has already taken.
    mutating func hearStatements(
        _ bytes: Span<UInt8>, _ header: PacketHeader, room: inout Int, _ configuration: ReceiverConfiguration, at now: Instant
    ) {
        // A report with an incredible number says nothing about any packet.
        guard header.sequence <= tracker.highest, bytes.count > StatementReader.start else { return }
        statements?.hear(bytes, header, tracker, room: &room, configuration: configuration, at: now)
    }
}
