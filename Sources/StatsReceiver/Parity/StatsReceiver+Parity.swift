package import StatsModel
import StatsWire

/// Recovery of missing packets from parity.
extension StatsReceiver {
    /// The next data packet recovered from parity, whose bytes ``withRebuilt(_:)`` gives until the next call. nil if there is
    /// none. It is treated like a packet that arrived: it fills the hole of its number, and takes back the loss of a number that
    /// was given up (``pollRecovered()``). If the packet itself arrives later, it is a duplicate.
    ///
    /// Poll until nil after each ``receive(_:from:at:)``. O(bytes of the packet).
    package mutating func pollRebuilt(at time: Instant) -> RebuiltPacket? {
        guard let packet = parity?.pollRecovered() else { return nil }
        now = max(now, time)
        held = TypeCounts()
        let outcome = receiveData(packet.header, from: packet.source, isRebuilt: true)
        if case .accepted = outcome, configuration.countsRecords || configuration.maximumRunningTotals > 0 {
            // Its bytes are this machine's own, which cannot lend them while it changes.
            let bytes = withRebuilt { bytes in (0..<bytes.count).map { bytes[$0] } }
            recordHeld(bytes.span, packet.header, from: packet.source)
        }
        return RebuiltPacket(source: packet.source, header: packet.header, outcome: outcome)
    }

    /// The datagram of the packet that was polled last. Traps if there is none.
    package borrowing func withRebuilt<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        switch parity {
        case .none: preconditionFailure("no packet was polled last")
        case .some(let decoder): return try decoder.withRecovered(body)
        }
    }

    /// Counts of parity packets. All zero if the receiver ignores them.
    package var parityCounts: ParityCounts {
        switch parity {
        case .none: ParityCounts()
        case .some(let decoder): decoder.counts
        }
    }

    /// Keeps a packet that arrived, since another packet of its group may be missing. Packets with an incredible number are
    /// ignored.
    mutating func keepForParity(_ bytes: Span<UInt8>, _ outcome: ReceiveOutcome, from source: SourceID) {
        switch outcome {
        case .accepted(let header, _), .duplicate(let header): parity?.handleData(bytes, header: header, from: source)
        case .outOfRange, .control, .corrupt: break
        }
    }
}
