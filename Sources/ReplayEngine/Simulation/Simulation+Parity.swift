import StatsModel
import StatsReceiver
import StatsWire

/// What the receiver works out from parity.
extension Simulation {
    /// Takes what the receiver rebuilt since the last arrival.
    static func takeRebuilt(
        _ receiver: inout StatsReceiver, _ books: inout RunBooks, _ saboteur: inout Saboteur?, at time: Instant
    ) {
        while let packet = receiver.pollRebuilt(at: time) {
            var counts = TypeCounts()
            receiver.withRebuilt { bytes in
                if saboteur == nil {
                    counts = books.recordRebuilt(packet, bytes: bytes, at: time)
                } else {
                    counts = sabotaged(packet, bytes, &books, &saboteur, at: time)
                }
            }
            if case .accepted(let header, _) = packet.outcome {
                receiver.recordDelivered(counts, header, from: packet.source)
                receiver.recordArrivedRebuilt(header, from: packet.source)
            }
        }
    }

    /// The same in a self-test.
    private static func sabotaged(
        _ packet: RebuiltPacket, _ bytes: Span<UInt8>, _ books: inout RunBooks, _ saboteur: inout Saboteur?,
        at time: Instant
    ) -> TypeCounts {
        switch saboteur?.rebuilt(packet, bytes) {
        case .ignored: return TypeCounts()
        case .changed(let other): return books.recordRebuilt(packet, bytes: other.span, at: time)
        case .twice:
            _ = books.recordRebuilt(packet, bytes: bytes, at: time)
            return books.recordRebuilt(packet, bytes: bytes, at: time)
        case .asItIs, nil: return books.recordRebuilt(packet, bytes: bytes, at: time)
        }
    }
}
