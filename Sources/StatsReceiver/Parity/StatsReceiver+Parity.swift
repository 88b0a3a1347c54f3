package import StatsModel
import StatsWire

/// Packets that did not come, worked out from parity.
extension StatsReceiver {
    /// The next data packet that parity gave back, readable through ``withRebuilt(_:)`` until the next call; nil: there is
    /// none. It has gone through everything that a packet which came goes through: a gap of its number is filled, and one
    /// that was given up is taken back (``pollRecovered()``). When the packet itself comes later, it is a duplicate.
    ///
    /// Poll until nil after each ``receive(_:from:at:)``. O(1).
    package mutating func pollRebuilt(at time: Instant) -> RebuiltPacket? {
        guard let packet = parity?.pollRecovered() else { return nil }
        now = max(now, time)
        let outcome = receiveData(packet.header, from: packet.source, isRebuilt: true)
        return RebuiltPacket(source: packet.source, header: packet.header, outcome: outcome)
    }

    /// The datagram of the packet last polled. Traps where none was.
    package borrowing func withRebuilt<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        switch parity {
        case .none: preconditionFailure("no packet was polled last")
        case .some(let decoder): return try decoder.withRecovered(body)
        }
    }

    /// What became of parity packets; all zero where they are passed over.
    package var parityCounts: ParityCounts {
        switch parity {
        case .none: ParityCounts()
        case .some(let decoder): decoder.counts
        }
    }

    /// Keeps what came, since others of its group may not have. A number out of range is believed by nobody.
    mutating func keepForParity(_ bytes: Span<UInt8>, _ outcome: ReceiveOutcome, from source: SourceID) {
        switch outcome {
        case .accepted(let header, _), .duplicate(let header): parity?.handleData(bytes, header: header, from: source)
        case .outOfRange, .control, .corrupt: break
        }
    }
}
