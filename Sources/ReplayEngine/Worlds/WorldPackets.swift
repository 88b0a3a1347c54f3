import StatsModel
import StatsPipeline
import StatsWire

/// Packets of another client of this project in a world's capture. They carry events given as text, and include heartbeats and
/// closing packets.
enum WorldPackets {
    typealias Timed = (time: Int64, payload: [UInt8])

    static func datagrams(_ texts: [Timed], _ dice: inout WorldDice) -> [Timed] {
        var configuration = ClientConfiguration.bare
        configuration.codec = dice.pick([.binary, .json, .messagePack, .protocolBuffers])
        configuration.batchSize = dice.scaled(in: 1...50)
        configuration.maximumBatchAge = .milliseconds(Int64(dice.number(in: 0...100)))
        configuration.bufferCapacity = 1024
        configuration.textCapacity = 1 << 16
        if dice.chance(20) { configuration.parity = ParityConfiguration(groupSize: 4, parityCount: 1, interleave: 1) }
        var client = ClientPipeline(configuration: configuration, session: dice.next())
        var decoder = EventDecoder()
        var sent: [Timed] = []
        for text in texts {
            let now = Instant(nanoseconds: UInt64(text.time))
            drain(&client, through: now, into: &sent)
            let bytes = text.payload.span
            decoder.beginText(bytes)
            decoder.forEach(bytes) { event, bytes in
                _ = client.record(event, bytes: bytes, timestamp: text.time, at: now)
            } malformed: { _, _ in
            }
        }
        client.close(at: Instant(nanoseconds: UInt64(texts.last?.time ?? 0)))
        drain(&client, through: nil, into: &sent)
        damage(&sent, &dice)
        return sent
    }

    /// Takes the packets that the client sends up to a time. nil means all of them.
    private static func drain(_ client: inout ClientPipeline, through limit: Instant?, into sent: inout [Timed]) {
        while let due = client.nextDeadline, limit.map({ due <= $0 }) ?? true {
            let now = max(due, Instant(nanoseconds: UInt64(sent.last?.time ?? 0)))
            while client.pollTransmit(at: now, epoch: 1_700_000_000_000_000_000) != nil {
                client.withDatagram { bytes in
                    sent.append((Int64(clamping: now.nanoseconds), (0..<bytes.count).map { bytes[$0] }))
                }
            }
        }
    }

    /// Damages some packets, and removes some that never reached the capture.
    private static func damage(_ sent: inout [Timed], _ dice: inout WorldDice) {
        guard dice.chance(25) else { return }
        sent = sent.compactMap { datagram in
            var datagram = datagram
            switch dice.below(20) {
            case 0: return nil
            case 1: datagram.payload[dice.below(datagram.payload.count)] ^= 1
            default: break
            }
            return datagram
        }
    }
}
