import StatsModel
import StatsReceiver
import StatsWire

/// Restarts in the harness's account.
extension RunAccounting {
    /// The receiver forgot everything: what it accepted stays delivered.
    mutating func restartReceiver(next: Instant?) {
        restarts.receiver += 1
        gaps.restartReceiver(next: next)
    }

    /// The client restarted, lost these events, and numbers in a new session from now on. No further copy of what it
    /// sent before will follow.
    mutating func restartClient(session: UInt64, losing lost: TypeCounts, fault: Int) {
        restarts.client += 1
        retireSent()
        rules.recordEvents(fault, lost)
        gaps.beginSession(session)
    }

    /// A packet that the receiver accepted in an earlier epoch: its events are delivered already. They are counted apart.
    mutating func recordRepeated(_ bytes: Span<UInt8>, _ header: PacketHeader) {
        if hasOpenDuplicates { duplicates.undetectable += 1 } else { duplicates.falseAlarms += 1 }
        recordRepeatedEvents(bytes, header)
    }

    mutating func recordRepeatedEvents(_ bytes: Span<UInt8>, _ header: PacketHeader) {
        restarts.repeatedPackets += 1
        restarts.repeatedEvents += repeated.record(packet: bytes, header: header, in: &catalog)
    }
}
