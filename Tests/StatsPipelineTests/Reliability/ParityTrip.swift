import StatsModel
import StatsPipeline
import StatsReceiver
import StatsWire

/// What goes over the wire in a test of parity: data packets and the parity packets an encoder makes of them, in order.
struct ParityTrip {
    struct Wire {
        let header: PacketHeader
        let bytes: [UInt8]
        /// Of a parity packet.
        let parity: ParityPacket?

        /// The group of a parity packet, the groups being distinguished by first number and stride.
        var group: ParityGroup? { parity?.group }
    }

    static let session: UInt64 = 0x0123_4567_89AB_CDEF
    private(set) var wire: [Wire] = []
    /// The data packets by number, counted from 1.
    private(set) var data: [[UInt8]] = []

    /// Sends `count` packets of random length, and whatever parities are due behind each; then a flush.
    init(_ configuration: ParityConfiguration, count: Int, seed: UInt64, maximumPacketSize: Int = 300) throws {
        let random = KeyedRandom(seed: seed)
        var encoder = try ParityEncoder(
            configuration: configuration, session: Self.session, maximumPacketSize: maximumPacketSize)
        for number in 1...UInt64(count) {
            let room = UInt64(encoder.maximumDataSize - PacketHeader.byteCount)
            let payload = random.draw(rule: 1, flow: 0, sequence: number) % (room + 1)
            let bytes = Self.packet(number, payload: Int(payload), random)
            data.append(bytes)
            try append(bytes)
            encoder.add(bytes.span, sequence: number, at: .start)
            try poll(&encoder)
        }
        encoder.flush(at: .start)
        try poll(&encoder)
    }

    private mutating func poll(_ encoder: inout ParityEncoder) throws {
        while let packet = encoder.pollParity(at: .start, timestamp: 5) {
            let bytes = encoder.withParity { bytes in (0..<bytes.count).map { bytes[$0] } }
            precondition(bytes.count == packet.byteCount && packet.kind == .parity)
            try append(bytes)
        }
    }

    private mutating func append(_ bytes: [UInt8]) throws {
        let header = try PacketHeader(decoding: bytes.span)
        let parity = header.kind == .parity ? try ParityPacket(decoding: bytes.span, header: header) : nil
        wire.append(Wire(header: header, bytes: bytes, parity: parity))
    }

    /// A data packet with a sound header and a payload of that many random bytes.
    static func packet(_ sequence: UInt64, payload: Int, _ random: KeyedRandom) -> [UInt8] {
        func little(_ number: UInt64, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * UInt64($0))) }
        }
        var packet: [UInt8] = Array("SRP1".utf8) + [0, 1, 0, 0]
        packet += little(session, 8) + little(sequence, 8) + little(sequence * 1000, 8)
        packet += little(UInt64(payload), 2) + [0, 0, 0, 0, 0, 0]
        for place in 0..<payload {
            packet.append(UInt8(truncatingIfNeeded: random.draw(rule: 2, flow: 0, sequence: sequence, copy: UInt64(place))))
        }
        packet.replaceSubrange(36..<40, with: little(UInt64(CRC32.update(0, packet.span, 0..<packet.count)), 4))
        return packet
    }

    /// The numbers of the data packets that a decoder recovers from these packets, in that order. What it recovers
    /// back is compared with what was sent; a byte that differs is counted as number 0.
    func recovered(_ received: some Sequence<Int>, _ decoder: inout ParityDecoder) -> [UInt64] {
        var numbers: [UInt64] = []
        for place in received {
            let packet = wire[place]
            if packet.parity == nil {
                decoder.handleData(packet.bytes.span, header: packet.header, from: SourceID(9))
            } else {
                decoder.handleParity(packet.bytes.span, header: packet.header, from: SourceID(9))
            }
            while let recovered = decoder.pollRecovered() {
                let number = recovered.header.sequence
                let bytes = decoder.withRecovered { bytes in (0..<bytes.count).map { bytes[$0] } }
                let isWhole = number >= 1 && number <= UInt64(data.count) && bytes == data[Int(number) - 1]
                numbers.append(isWhole && recovered.source == SourceID(9) ? number : 0)
            }
        }
        return numbers
    }

    func recovered(_ received: some Sequence<Int>) -> [UInt64] {
        var decoder = ParityDecoder()
        return recovered(received, &decoder)
    }

    /// The numbers that theory gives back when these places of the wire are lost: of each group all that is lost, if data and
    /// parities lost are no more than it has parities; otherwise nothing.
    func recoverable(losing lost: Set<Int>) -> Set<UInt64> {
        var numbers: Set<UInt64> = []
        let lostData = Set(lost.filter { wire[$0].parity == nil }.map { wire[$0].header.sequence })
        for (group, places) in Dictionary(grouping: wire.indices.filter { wire[$0].parity != nil }, by: { wire[$0].group }) {
            guard let group else { continue }
            let missing = lostData.filter(group.contains)
            let parities = places.filter { !lost.contains($0) }.count
            if missing.count <= parities { numbers.formUnion(missing) }
        }
        return numbers
    }
}
