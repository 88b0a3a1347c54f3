import StatsModel
import StatsReceiver
import StatsWire

/// Properties of the parity decoder for any input. It stays inside its bounds and its bytes, recovers only packets whose
/// checksums are right, counts every parity packet once, and gives the same result for the same input.
///
/// The input is a program that mixes four kinds of packets for a decoder with small bounds: data packets, correct parity
/// packets for some of them, parity packets that were changed and cut, and any bytes after a valid header.
enum ParityProperties {
    static func check(_ bytes: [UInt8]) {
        let first = run(bytes)
        require(first == run(bytes), "the same packets give the same twice")
    }

    /// The numbers of the recovered packets, and the counts.
    private struct Outcome: Equatable {
        var numbers: [UInt64] = []
        var counts = ParityCounts()
    }

    private static func run(_ bytes: [UInt8]) -> Outcome {
        var program = Program(bytes: bytes)
        var bounds = ParityDecoderConfiguration()
        bounds.maximumPacketSize = 88 + program.next() * 4
        bounds.paritiesPerSession = 1 + program.next() % 8
        bounds.maximumSessions = 1 + program.next() % 2
        bounds.maximumUnpolled = 8
        var decoder = ParityDecoder(configuration: bounds)
        var outcome = Outcome()
        while !program.isAtEnd {
            let polls = receive(program.packet(), from: program.next() % 3, &decoder)
            if polls { poll(&decoder, &outcome) }
            let counts = decoder.counts
            let ended = counts.used + counts.unneeded + counts.malformed + counts.oversize + counts.replaced
            require(
                counts.received == ended + counts.contradicted + counts.expired + counts.waiting,
                "parities balance: \(counts)")
            require(
                counts.waiting <= UInt64(bounds.paritiesPerSession * bounds.maximumSessions), "parities that wait are bounded")
        }
        poll(&decoder, &outcome)
        require(
            decoder.counts.recovered == UInt64(outcome.numbers.count) + decoder.counts.unpolled, "each recovered packet is given")
        outcome.counts = decoder.counts
        return outcome
    }

    /// Passes a packet on as a receiver would. Returns whether to poll recovered packets now.
    private static func receive(_ packet: [UInt8], from source: Int, _ decoder: inout ParityDecoder) -> Bool {
        guard let header = try? PacketHeader(decoding: packet.span) else { return true }
        switch header.kind {
        case .data: decoder.handleData(packet.span, header: header, from: SourceID(UInt64(source)))
        case .parity: decoder.handleParity(packet.span, header: header, from: SourceID(UInt64(source)))
        case .heartbeat, .closing, .acknowledgement: return true
        }
        // Polls only sometimes, so that recovered packets also wait.
        return header.timestamp % 2 == 0
    }

    private static func poll(_ decoder: inout ParityDecoder, _ outcome: inout Outcome) {
        while let packet = decoder.pollRecovered() {
            decoder.withRecovered { bytes in
                let header = try? PacketHeader(decoding: bytes)
                require(header == packet.header, "a recovered packet's header is its own, and its checksum holds")
                require(packet.header.kind == .data && packet.header.sequence >= 1, "a recovered packet is a data packet")
            }
            outcome.numbers.append(packet.header.sequence)
        }
    }

    /// Reads bytes one after the other; zeros after the end.
    private struct Program {
        let bytes: [UInt8]
        var position = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        var isAtEnd: Bool { position >= bytes.count }

        mutating func next() -> Int {
            defer { position += 1 }
            return position < bytes.count ? Int(bytes[position]) : 0
        }

        mutating func take(_ count: Int) -> [UInt8] {
            defer { position += count }
            return position < bytes.count ? Array(bytes[position..<min(bytes.count, position + count)]) : []
        }

        /// The next packet of the program.
        mutating func packet() -> [UInt8] {
            let step = next()
            switch step % 4 {
            case 0: return ParityProperties.data(UInt64(next()), session: UInt64(step >> 7))
            case 1: return parity(session: UInt64(step >> 7), isTrue: true)
            case 2: return parity(session: UInt64(step >> 7), isTrue: false)
            default:
                let head = take(PacketHeader.byteCount)
                let padded = head + [UInt8](repeating: 0, count: PacketHeader.byteCount - head.count)
                return PacketProperties.sound(padded + take(next()))
            }
        }

        /// A parity packet for data packets as made by ``ParityProperties/data(_:session:)``.
        private mutating func parity(session: UInt64, isTrue: Bool) -> [UInt8] {
            let (first, members, stride, index) = (UInt64(1 + next()), 1 + next() % 10, 1 + next() % 12, next() % 8)
            let numbers = (0..<members).map { first + UInt64($0 * stride) }
            let rows = numbers.map { number in
                let datagram = ParityProperties.data(number, session: session)
                return [UInt8(datagram.count), 0] + datagram
            }
            var coded = [UInt8](repeating: 0, count: rows.map(\.count).max() ?? 0)
            for (number, row) in zip(numbers, rows) {
                var span = coded.mutableSpan
                GaloisField.mix(row.span, times: ParityCode.factor(parity: index, sequence: number), into: &span)
            }
            if !isTrue {
                coded[next() % coded.count] ^= UInt8(next())
                // Cut, so that it is shorter than its members.
                coded = Array(coded.prefix(PacketHeader.byteCount + 2 + next()))
            }
            let prefix = [UInt8(members), 8, UInt8(index), 0, UInt8(stride), 0]
            return ParityProperties.packet(kind: .parity, session: session, sequence: first, payload: prefix + coded)
        }
    }

    /// The data packet of a number, up to 63 bytes longer than its header.
    private static func data(_ sequence: UInt64, session: UInt64) -> [UInt8] {
        let random = KeyedRandom(seed: session)
        let count = random.draw(rule: 0, flow: 0, sequence: sequence) % 64
        let payload = (0..<count).map { UInt8(truncatingIfNeeded: random.draw(rule: 1, flow: $0, sequence: sequence)) }
        return packet(kind: .data, session: session, sequence: sequence, payload: payload)
    }

    private static func packet(kind: PacketKind, session: UInt64, sequence: UInt64, payload: [UInt8]) -> [UInt8] {
        var packet = [UInt8](repeating: 0, count: PacketHeader.byteCount)
        packet[4] = kind.rawValue
        packet[8] = UInt8(session)
        for place in 0..<8 { packet[16 + place] = UInt8(truncatingIfNeeded: sequence >> UInt64(8 * place)) }
        packet[24] = UInt8(truncatingIfNeeded: sequence)
        return PacketProperties.sound(packet + payload)
    }

    /// Programs that reach recovery: one of three packets by XOR, three of five by Reed-Solomon, with a wrong parity packet, in
    /// two sessions.
    static func seeds() -> [[UInt8]] {
        let bounds: [UInt8] = [255, 7, 1]
        func data(_ numbers: [UInt8]) -> [UInt8] { numbers.flatMap { [0, $0, 0] as [UInt8] } }
        func parity(_ first: UInt8, _ members: UInt8, _ stride: UInt8, _ index: UInt8) -> [UInt8] {
            [1, first - 1, members - 1, stride - 1, index, 0]
        }
        let raw: [UInt8] = [3] + Array(repeating: 1, count: PacketHeader.byteCount) + [60] + Array(repeating: 2, count: 61)
        return [
            bounds + data([1, 3]) + parity(1, 3, 1, 0),
            bounds + data([10, 30]) + parity(10, 5, 5, 1) + parity(10, 5, 5, 4) + parity(10, 5, 5, 7),
            bounds + data([1, 3]) + [2, 0, 2, 0, 0, 40, 1, 255, 0] + parity(1, 3, 1, 1),
            bounds + parity(2, 2, 1, 0) + parity(2, 3, 2, 0) + data([4]) + [128, 4, 0] + [129, 3, 1, 0, 0, 0],
            bounds + raw,
            [8, 7, 1] + data([1, 2, 3, 4, 5, 6]) + [2, 0, 6, 0, 0, 0, 0, 20, 0],
        ]
    }
}
