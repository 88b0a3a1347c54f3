import StatsModel
import StatsWire
import Testing

@Suite("acknowledgements on the wire") struct AcknowledgementTests {
    private func packet(
        floor: UInt64, _ ranges: [ClosedRange<UInt64>], highest: UInt64
    ) -> (bytes: [UInt8], taken: Int) {
        var builder = AcknowledgementBuilder()
        builder.begin(floor: floor)
        var taken = 0
        for range in ranges {
            guard builder.append(range) else { break }
            taken += 1
        }
        let number = AnswerNumber(epoch: 0x8123_4567, counter: 0xFEDC_BA98)
        let count = builder.seal(session: 9, highest: highest, latest: highest, held: .microseconds(12), number: number)
        let bytes = builder.withBytes { span in (0..<span.count).map { span[$0] } }
        #expect(bytes.count == count)
        return (bytes, taken)
    }

    private func read(_ bytes: [UInt8]) throws -> Acknowledgement? {
        let header = try PacketHeader(decoding: bytes.span)
        return Acknowledgement(decoding: bytes.span, header: header)
    }

    @Test("what is written is read again", arguments: 1...30 as ClosedRange<UInt64>)
    func roundTrip(seed: UInt64) throws {
        let random = KeyedRandom(seed: seed)
        var number = random.draw(rule: 1, flow: 0, sequence: 0) % (1 << 40)
        let floor = number
        var ranges: [ClosedRange<UInt64>] = []
        for index in 0..<seed * 6 {
            let first = number + 1 + (index == 0 ? 0 : 1 + random.draw(rule: 2, flow: 0, sequence: index) % 50)
            number = first + random.draw(rule: 3, flow: 0, sequence: index) % 9
            ranges.append(first...number)
        }
        let (bytes, taken) = packet(floor: floor, ranges, highest: number + 3)
        #expect(taken == min(ranges.count, Acknowledgement.rangeLimit), "seed \(seed)")
        let answer = try #require(try read(bytes), "seed \(seed)")
        #expect(answer.floor == floor && answer.highest == number + 3 && answer.session == 9)
        #expect(answer.number == AnswerNumber(epoch: 0x8123_4567, counter: 0xFEDC_BA98))
        #expect(answer.held == .microseconds(12) && answer.latest == number + 3 && answer.rangeCount == taken)
        for index in 0..<taken {
            let missing = answer.missing(index, in: bytes.span)
            #expect(missing == ranges[index], "seed \(seed)")
        }
        #expect(bytes.count <= Acknowledgement.maximumByteCount && Acknowledgement.maximumByteCount <= 1472)
    }

    @Test("the place of the timestamp holds epoch and counter, and the packet is as long as before")
    func layout() {
        let bytes = packet(floor: 10, [15...15, 17...20], highest: 30).bytes
        #expect(bytes.count == 40 + 24 + 2 * 8)
        #expect(Array(bytes[24..<28]) == [0x67, 0x45, 0x23, 0x81], "the epoch")
        #expect(Array(bytes[28..<32]) == [0x98, 0xBA, 0xDC, 0xFE], "the counter")
    }

    /// Puts little-endian numbers into the payload and seals again.
    private func changed(_ bytes: [UInt8], at offset: Int, to value: UInt32) -> [UInt8] {
        var bytes = bytes
        for index in 0..<4 { bytes[40 + offset + index] = UInt8(truncatingIfNeeded: value >> (8 * UInt32(index))) }
        var span = bytes.mutableSpan
        PacketHeader.add([], to: &span, at: 0..<span.count)
        return bytes
    }

    @Test("a payload that contradicts itself is refused", arguments: [
        (20, 3), (20, 171), (20, .max), (24, 0), (24, 100), (28, 0), (28, 200), (32, 5), (32, 6), (36, .max),
    ] as [(Int, UInt32)])
    func contradictions(offset: Int, value: UInt32) throws {
        let bytes = packet(floor: 10, [15...15, 17...20], highest: 30).bytes
        #expect(try read(bytes) != nil)
        #expect(try read(changed(bytes, at: offset, to: value)) == nil)
    }

    @Test("a packet of another kind, and one too short, are no answers")
    func others() throws {
        var builder = PacketBuilder(maximumSize: 1472, codec: .none)
        _ = builder.sealReport(
            TotalsReport(packets: 0, sent: TypeCounts(), dropped: TypeCounts()), kind: .heartbeat, session: 9, sequence: 1,
            timestamp: 0)
        let heartbeat = builder.withBytes { span in (0..<span.count).map { span[$0] } }
        #expect(try read(heartbeat) == nil)
    }
}
