import StatsModel
import StatsWire

/// Covering data packets with parity.
///
/// Each data packet is mixed into its group's parities when it is sealed, once, whatever becomes of it afterwards: second
/// copies and packets that go out again say what the first one said. Parities that are due go out in front of the next data
/// packet, which is not yet sealed then; data never waits for a block to fill.
///
/// A packet of one event that is longer than others (``ClientConfiguration/largeEventLimit``) is covered by none: its parity
/// would have to be as long, and every row with it. The block in front of it ends, since a block's numbers are consecutive.
extension ClientPipeline {
    /// What parity cost: packets and bytes handed out, and packets given up.
    package var parityTraffic: ParityTraffic {
        switch parity {
        case .none: ParityTraffic()
        case .some(let encoder):
            ParityTraffic(
                packets: encoder.packetsPolled, byteCount: encoder.bytesPolled, skipped: encoder.packetsSkipped,
                uncovered: books.large.packets)
        }
    }

    static func parityEncoder(_ configuration: ClientConfiguration, session: UInt64) -> ParityEncoder? {
        guard let parity = configuration.activeParity else { return nil }
        do throws(ConfigurationError) {
            return try ParityEncoder(
                configuration: parity, session: session, maximumPacketSize: configuration.maximumPacketSize)
        } catch {
            preconditionFailure("a valid client has a valid parity: \(error)")
        }
    }

    /// Mixes the packet just sealed into its group, unless it is too long. O(parities · bytes), allocates nothing.
    mutating func cover(_ packet: OutgoingPacket, at now: Instant) {
        if packet.isLarge {
            parity?.flush(at: now)
            return
        }
        batcher.withBytes { parity?.add($0, sequence: packet.sequence, at: now) }
    }

    /// The next parity packet that is due.
    mutating func pollParity(at now: Instant, timestamp: UInt64) -> OutgoingPacket? {
        guard let packet = parity?.pollParity(at: now, timestamp: timestamp) else { return nil }
        polled = .parity
        return packet
    }

    /// At a flush, and when the client closes: once all data has gone out the block ends as it is.
    mutating func endParityBlock(at now: Instant, timestamp: UInt64) -> OutgoingPacket? {
        guard isFlushing || reports.isClosing, isFlushed else { return nil }
        parity?.flush(at: now)
        return pollParity(at: now, timestamp: timestamp)
    }

    /// Whether no parity is under way.
    var isCovered: Bool {
        if !isCovering { return true }
        return parityDeadline == nil
    }

    /// When the next parity is due, or an open block ends by its age.
    var parityDeadline: Instant? {
        switch parity {
        case .none: nil
        case .some(let encoder): encoder.nextDeadline
        }
    }

    borrowing func withParity<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        switch parity {
        case .none: preconditionFailure("a parity packet comes from an encoder")
        case .some(let encoder): return try encoder.withParity(body)
        }
    }
}
