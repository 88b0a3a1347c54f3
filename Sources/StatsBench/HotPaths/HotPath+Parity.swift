import StatsClient
import StatsModel
import StatsPipeline
import StatsReceiver
import StatsWire

/// Forward error correction: the cost of a data packet for its sender, and of a lost packet for the receiver.
extension HotPath {
    static var parity: [HotPath] {
        [
            ("XOR of 8", ParityConfiguration(groupSize: 8, parityCount: 1, interleave: 4)),
            ("RS(16,2)", ParityConfiguration(groupSize: 16, parityCount: 2, interleave: 4)),
        ].map { name, configuration in
            // The time includes the packet's share of the group's parity packets and their checksums.
            HotPath("parity: add 1424 bytes, \(name)", batch: 640) {
                var encoder = try ParityEncoder(configuration: configuration, session: 1, maximumPacketSize: 1472)
                let packet = (0..<encoder.maximumDataSize).map { UInt8(truncatingIfNeeded: $0 &* 31) }
                var sequence: UInt64 = 0
                return HotLoop { sequence = protect(packet, from: sequence, $0, &encoder) }
            }
        } + [
            HotPath("parity: recover 1 of 16 packets", batch: 40) {
                var (packets, parities) = try group(of: 16)
                packets.remove(at: 5)
                var bounds = ParityDecoderConfiguration()
                bounds.maximumSessions = 1
                var decoder = ParityDecoder(configuration: bounds)
                let received = try (packets + parities.prefix(1)).map { ($0, try PacketHeader(decoding: $0.span)) }
                var source: UInt64 = 0
                return HotLoop { count in
                    // Each group has a new source, so that no number repeats.
                    for _ in 0..<count {
                        source += 1
                        recover(received, from: SourceID(source), &decoder)
                    }
                }
            }
        ]
    }

    /// Adds `count` packets of these bytes with increasing numbers, and takes each parity packet. Returns the last number.
    private static func protect(
        _ packet: [UInt8], from last: UInt64, _ count: Int, _ encoder: inout ParityEncoder
    ) -> UInt64 {
        var sequence = last
        for _ in 0..<count {
            sequence += 1
            encoder.add(packet.span, sequence: sequence, at: .start)
            while let parity = encoder.pollParity(at: .start, timestamp: 0) { BlackHole.swallow(parity.byteCount) }
        }
        return sequence
    }

    private static func recover(_ packets: [([UInt8], PacketHeader)], from source: SourceID, _ decoder: inout ParityDecoder) {
        for place in packets.indices {
            let (packet, header) = packets[place]
            if header.kind == .data {
                decoder.handleData(packet.span, header: header, from: source)
            } else {
                decoder.handleParity(packet.span, header: header, from: source)
            }
        }
        guard let recovered = decoder.pollRecovered() else { preconditionFailure("one of a group is recovered") }
        BlackHole.swallow(recovered.header.sequence)
    }

    /// Sealed data packets of at most 1424 bytes, and their parity packets.
    private static func group(of count: Int) throws -> (packets: [[UInt8]], parities: [[UInt8]]) {
        let configuration = ParityConfiguration(groupSize: count, parityCount: 2, interleave: 1)
        var encoder = try ParityEncoder(configuration: configuration, session: 1, maximumPacketSize: 1472)
        let packets = (1...UInt64(count)).map { SampleRecord.guide.packet(.binary, sequence: $0, maximumSize: 1424) }
        for (index, packet) in packets.enumerated() { encoder.add(packet.span, sequence: UInt64(index + 1), at: .start) }
        var parities: [[UInt8]] = []
        while encoder.pollParity(at: .start, timestamp: 0) != nil {
            parities.append(encoder.withParity { bytes in (0..<bytes.count).map { bytes[$0] } })
        }
        return (packets, parities)
    }
}
