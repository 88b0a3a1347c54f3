import StatsModel
import StatsReceiver
import StatsWire

/// Restarts in the harness's books.
extension RunBooks {
    /// The receiver forgot everything: what it accepted stays delivered.
    mutating func restartReceiver(next: Instant?) {
        restarts.receiver += 1
        gaps.restartReceiver(next: next)
    }

    /// The client died with these events in it, and numbers in a session of its own from now on. No further copy of what
    /// it sent will follow.
    mutating func restartClient(session: UInt64, losing lost: TypeCounts, fault: Int) {
        restarts.client += 1
        retireSent()
        rules.recordEvents(fault, lost)
        gaps.beginSession(session)
    }

    /// A packet that the receiver accepted in an earlier life: its events are delivered already. They are counted apart.
    mutating func recordRepeated(_ bytes: Span<UInt8>, _ header: PacketHeader) -> TypeCounts {
        if hasOpenDuplicates { duplicates.unheard += 1 } else { duplicates.falseAlarms += 1 }
        return recordRepeatedEvents(bytes, header)
    }

    mutating func recordRepeatedEvents(_ bytes: Span<UInt8>, _ header: PacketHeader) -> TypeCounts {
        restarts.repeatedPackets += 1
        let events = repeated.record(packet: bytes, header: header, in: &catalog)
        restarts.repeatedEvents += events
        return events
    }
}
