import StatsModel
import StatsReceiver
import StatsWire

/// Restarts in the harness's account.
extension RunAccounting {
    /// Records a restart of the receiver. Packets that it had accepted stay delivered.
    mutating func restartReceiver(next: Instant?) {
        restarts.receiver += 1
        gaps.restartReceiver(next: next)
    }

    /// Records a restart of the client. It lost these events, and numbers its packets in a new session from now on. No further
    /// copy of an earlier packet will follow.
    mutating func restartClient(session: UInt64, losing lost: TypeCounts, fault: Int) {
        restarts.client += 1
        retireSent()
        rules.recordEvents(fault, lost)
        gaps.beginSession(session)
    }

    /// Records a packet that an earlier epoch of the receiver had accepted. Its events are delivered already and are counted
    /// separately.
    mutating func recordRepeated(_ bytes: Span<UInt8>, _ header: PacketHeader) {
        if hasOpenDuplicates { duplicates.undetectable += 1 } else { duplicates.falseAlarms += 1 }
        recordRepeatedEvents(bytes, header)
    }

    mutating func recordRepeatedEvents(_ bytes: Span<UInt8>, _ header: PacketHeader) {
        restarts.repeatedPackets += 1
        restarts.repeatedEvents += repeated.record(packet: bytes, header: header, in: &catalog)
    }
}
