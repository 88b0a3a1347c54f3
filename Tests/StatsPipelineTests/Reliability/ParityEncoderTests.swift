import CAllocationCount
import StatsModel
import StatsPipeline
import StatsWire
import Testing
import TestSupport

struct ParityEncoderTests {
    /// Parities as `first+stride*members/index`, data packets as their numbers.
    static func order(_ configuration: ParityConfiguration, count: Int) throws -> [String] {
        try ParityTrip(configuration, count: count, seed: 1).wire.map { packet in
            guard let parity = packet.parity else { return "\(packet.header.sequence)" }
            #expect(parity.parityCount == configuration.parityCount)
            #expect(packet.header.timestamp == 5 && packet.header.session == ParityTrip.session)
            return "\(parity.group.first)+\(parity.group.stride)*\(parity.group.memberCount)/\(parity.index)"
        }
    }

    struct Row: CustomTestStringConvertible, Sendable {
        let configuration: ParityConfiguration
        let count: Int
        let wire: String

        init(k: Int, r: Int, d: Int, _ count: Int, _ wire: String) {
            configuration = ParityConfiguration(groupSize: k, parityCount: r, interleave: d)
            self.count = count
            self.wire = wire
        }

        var testDescription: String {
            "\(count) packets, k \(configuration.groupSize), r \(configuration.parityCount), d \(configuration.interleave)"
        }
    }

    @Test("parities follow their block, one group after the other from the one whose turn it is; a partial block joins groups",
        arguments: [
            Row(k: 2, r: 1, d: 1, 4, "1 2 1+1*2/0 3 4 3+1*2/0"),
            Row(k: 2, r: 2, d: 1, 2, "1 2 1+1*2/0 1+1*2/1"),
            Row(k: 2, r: 1, d: 2, 4, "1 2 3 4 1+2*2/0 2+2*2/0"),
            Row(k: 2, r: 2, d: 2, 4, "1 2 3 4 1+2*2/0 2+2*2/0 1+2*2/1 2+2*2/1"),
            Row(k: 2, r: 1, d: 2, 5, "1 2 3 4 1+2*2/0 2+2*2/0 5 5+1*1/0"),
            // Three packets do not fit into one group of two: the second group's turn comes first.
            Row(k: 2, r: 1, d: 2, 3, "1 2 3 2+2*1/0 1+2*2/0"),
            // Six in four groups of two fit into two groups of three? No: k is two, so four groups stay.
            Row(k: 2, r: 1, d: 4, 6, "1 2 3 4 5 6 3+4*1/0 4+4*1/0 1+4*2/0 2+4*2/0"),
            Row(k: 3, r: 1, d: 4, 6, "1 2 3 4 5 6 1+2*3/0 2+2*3/0"),
            Row(k: 4, r: 2, d: 4, 3, "1 2 3 1+1*3/0 1+1*3/1"),
            // Less than one packet for each group, and nothing to join.
            Row(k: 1, r: 1, d: 4, 3, "1 2 3 1+4*1/0 2+4*1/0 3+4*1/0"),
            Row(k: 1, r: 2, d: 1, 2, "1 1+1*1/0 1+1*1/1 2 2+1*1/0 2+1*1/1"),
        ])
    func order(_ row: Row) throws {
        #expect(try Self.order(row.configuration, count: row.count).joined(separator: " ") == row.wire)
    }

    @Test("any d packets in a row on the wire are of d groups, parities included",
        arguments: [(8, 1, 4), (16, 2, 4), (3, 3, 5), (5, 2, 1), (2, 8, 7)])
    func spread(_ k: Int, _ r: Int, _ d: Int) throws {
        let configuration = ParityConfiguration(groupSize: k, parityCount: r, interleave: d)
        let trip = try ParityTrip(configuration, count: k * d * 3, seed: 2)
        let groups = Set(trip.wire.compactMap(\.group))
        #expect(groups.count == 3 * d)
        let ofPlace = trip.wire.map { packet in packet.group ?? groups.first { $0.contains(packet.header.sequence) } }
        for start in 0...(ofPlace.count - d) { #expect(Set(ofPlace[start..<start + d]).count == d, "from place \(start)") }
    }

    @Test("a block ends at the age of its first packet, and at a flush; calling again with nothing to do is safe")
    func age() throws {
        let configuration = ParityConfiguration(groupSize: 4, parityCount: 1, interleave: 1, maximumAge: .milliseconds(100))
        var encoder = try ParityEncoder(configuration: configuration, session: 1, maximumPacketSize: 1472)
        let bytes = [UInt8](repeating: 1, count: 50)
        let start = Instant(nanoseconds: 7)
        #expect(encoder.nextDeadline == nil)
        #expect(encoder.pollParity(at: start, timestamp: 0) == nil)
        encoder.flush(at: start)
        #expect(encoder.nextDeadline == nil)
        encoder.add(bytes.span, sequence: 1, at: start)
        encoder.add(bytes.span, sequence: 2, at: start + .milliseconds(60))
        #expect(encoder.nextDeadline == start + .milliseconds(100))
        #expect(encoder.pollParity(at: start + .milliseconds(99), timestamp: 0) == nil)
        #expect(encoder.pollParity(at: start + .milliseconds(100), timestamp: 0)?.sequence == 1)
        #expect(encoder.pollParity(at: start + .milliseconds(100), timestamp: 0) == nil)
        #expect(encoder.nextDeadline == nil)
        encoder.add(bytes.span, sequence: 3, at: start + .milliseconds(200))
        encoder.flush(at: start + .milliseconds(201))
        #expect(encoder.nextDeadline == start + .milliseconds(201))
        #expect(encoder.dueCount == 1)
        #expect(encoder.pollParity(at: start + .milliseconds(201), timestamp: 0)?.byteCount == 50 + 48)
        #expect(encoder.dueCount == 0)
        #expect(encoder.packetsPolled == 2)
        #expect(encoder.bytesPolled == 2 * 98)
        #expect(encoder.packetsSkipped == 0)
    }

    @Test("parities nobody polled are given up and counted, and the next block is its own")
    func skipped() throws {
        let configuration = ParityConfiguration(groupSize: 2, parityCount: 2, interleave: 2)
        var encoder = try ParityEncoder(configuration: configuration, session: 1, maximumPacketSize: 1472)
        let bytes = [UInt8](repeating: 1, count: 50)
        for number in 1...4 as ClosedRange<UInt64> { encoder.add(bytes.span, sequence: number, at: .start) }
        #expect(encoder.dueCount == 4)
        _ = encoder.pollParity(at: .start, timestamp: 0)
        encoder.add(bytes.span, sequence: 5, at: .start)
        #expect(encoder.packetsSkipped == 3)
        // A number that is not the next: what waits of the block before would be one group's two parities.
        encoder.add(bytes.span, sequence: 7, at: .start)
        #expect(encoder.packetsSkipped == 5)
        encoder.flush(at: .start)
        var firsts: [UInt64] = []
        while let packet = encoder.pollParity(at: .start, timestamp: 0) {
            firsts.append(packet.sequence)
            // The one member times its factor: only the row itself, nothing of the blocks before.
            let coded = encoder.withParity { packet in (48..<packet.count).map { packet[$0] } }
            let factor = ParityCode.factor(parity: firsts.count - 1, sequence: 7)
            #expect(coded == bytes.map { GaloisField.product(factor, $0) })
        }
        #expect(firsts == [7, 7])
    }

    @Test("data packets that leave the stated room give parities of the maximum size at most", arguments: [88, 176, 1472, 65_507])
    func sizes(_ maximumPacketSize: Int) throws {
        #expect(ParityConfiguration.packetOverhead == 48)
        var encoder = try ParityEncoder(
            configuration: ParityConfiguration(groupSize: 2, interleave: 1), session: 1, maximumPacketSize: maximumPacketSize)
        #expect(encoder.maximumDataSize == maximumPacketSize - ParityConfiguration.packetOverhead)
        let bytes = [UInt8](repeating: 255, count: encoder.maximumDataSize)
        encoder.add(bytes.span, sequence: 1, at: .start)
        encoder.flush(at: .start)
        #expect(encoder.pollParity(at: .start, timestamp: 0)?.byteCount == maximumPacketSize)
    }

    @Test("bounds are held", arguments: [
        (0, 1, 1, 1, "groupSize"), (65, 1, 1, 1, "groupSize"), (1, 0, 1, 1, "parityCount"), (1, 9, 1, 1, "parityCount"),
        (2, 1, 0, 1, "interleave"), (2, 1, 248, 1, "interleave"), (16, 2, 17, 1, "interleave"), (64, 1, 4, 1, "interleave"),
        (1, 1, 248, 1, "interleave"), (2, 1, 1, 0, "maximumAge"), (2, 1, 1, 3_600_001, "maximumAge"),
        (2, 1, 247, 1, nil), (16, 2, 16, 1, nil), (64, 8, 3, 1, nil), (1, 1, 247, 3_600_000, nil),
    ] as [(Int, Int, Int, Int64, String?)])
    func validation(_ k: Int, _ r: Int, _ d: Int, _ milliseconds: Int64, _ field: String?) {
        let configuration = ParityConfiguration(
            groupSize: k, parityCount: r, interleave: d, maximumAge: .milliseconds(milliseconds))
        var refused: String?
        do throws(ConfigurationError) {
            try configuration.validate()
            _ = try ParityEncoder(configuration: configuration, session: 1, maximumPacketSize: 100)
        } catch { refused = error.field }
        #expect(refused == field)
    }

    @Test("adding and polling ask for no memory, partial blocks included",
        .enabled(if: callocationcount_of_thread() >= 0, "another heap stands in front of ours"))
    func allocations() throws {
        var encoder = try ParityEncoder(
            configuration: ParityConfiguration(groupSize: 4, parityCount: 3, interleave: 4), session: 1, maximumPacketSize: 1472)
        let bytes = [UInt8](repeating: 1, count: 1000)
        var number: UInt64 = 0
        var polled = 0
        func round(_ encoder: inout ParityEncoder, _ count: Int) {
            for step in 0..<count {
                number += 1
                encoder.add(bytes.span, sequence: number, at: .start)
                if step % 37 == 0 { encoder.flush(at: .start) }
                while let packet = encoder.pollParity(at: .start, timestamp: 0) {
                    polled += encoder.withParity { $0.count } == packet.byteCount ? 1 : 0
                }
            }
        }
        round(&encoder, 100)
        let before = callocationcount_of_thread()
        round(&encoder, 1000)
        #expect(callocationcount_of_thread() - before == 0)
        #expect(encoder.packetsPolled == UInt64(polled) && polled > 700)
    }
}
