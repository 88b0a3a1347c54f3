import StatsModel
import StatsWire

/// Running totals of a session.
extension Session {
    /// Takes the running totals after a report that ``handleReport(_:at:_:)`` has already taken.
    mutating func receiveRunningTotals(
        _ bytes: Span<UInt8>, _ header: PacketHeader, room: inout Int, _ configuration: ReceiverConfiguration, at now: Instant
    ) {
        // The number of this report is incredible, so its running totals cannot be compared with packets that arrived.
        guard header.sequence <= tracker.highest, bytes.count > RunningTotalReader.start else { return }
        runningTotals?.receive(bytes, header, tracker, room: &room, configuration: configuration, at: now)
    }
}
