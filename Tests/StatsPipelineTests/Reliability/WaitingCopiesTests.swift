import StatsModel
import StatsWire
import Testing
import TestSupport

@testable import StatsPipeline

/// Second copies that wait, of packets of one place and of several.
@Suite("waiting copies") struct WaitingCopiesTests {
    private static func copies(limit: Int, size: Int) -> WaitingCopies {
        var configuration = ClientConfiguration()
        configuration.redundancy = .all
        configuration.copyLimit = limit
        configuration.maximumPacketSize = size
        configuration.largeEventLimit = 10 * size
        configuration.copySpread = .milliseconds(20)
        return WaitingCopies(configuration: configuration)
    }

    private static func packet(_ sequence: UInt64, _ byteCount: Int) -> (OutgoingPacket, [UInt8]) {
        let bytes = (0..<byteCount).map { UInt8(truncatingIfNeeded: $0 &+ Int(sequence)) }
        return (OutgoingPacket(kind: .data, sequence: sequence, eventCount: 1, byteCount: byteCount), bytes)
    }

    @Test("as many packets of one place wait as there are places, however they come and go", arguments: [1, 2, 7, 64])
    func onePlaceEach(limit: Int) {
        var copies = Self.copies(limit: limit, size: 200)
        for round in 0..<200 as Range<UInt64> {
            while copies.hasRoom(byteCount: 200) {
                let (packet, bytes) = Self.packet(round, 200)
                copies.store(packet, bytes.span, at: .start)
            }
            #expect(copies.count == limit)
            _ = copies.removeFirst()
            #expect(copies.hasRoom(byteCount: 200) && (limit == 1 || !copies.isEmpty))
        }
    }

    @Test("of any lengths they come out in order and whole, and one has room whenever nothing waits", arguments: 1...60 as ClosedRange<UInt64>)
    func lengths(seed: UInt64) {
        var load = RandomLoad(seed: seed)
        let limit = 1 + load.draw(12)
        var copies = Self.copies(limit: limit, size: 200)
        var waiting: [(OutgoingPacket, [UInt8])] = []
        for sequence in 1...600 as ClosedRange<UInt64> {
            let length = load.draw(3) == 0 ? 1 + load.draw(200 * (limit + 2)) : 1 + load.draw(200)
            if copies.hasRoom(byteCount: length) {
                let (packet, bytes) = Self.packet(sequence, length)
                copies.store(packet, bytes.span, at: .milliseconds(sequence))
                waiting.append((packet, bytes))
            } else {
                #expect(!waiting.isEmpty || length > 200 * limit, "seed \(seed): an empty ring takes \(length)")
            }
            let places = waiting.reduce(0) { $0 + ($1.1.count + 199) / 200 }
            #expect(places <= limit && copies.count == waiting.count, "seed \(seed)")
            if load.draw(2) == 0, !waiting.isEmpty {
                let (expected, bytes) = waiting.removeFirst()
                let (packet, slot) = copies.removeFirst()
                let read = copies.withBytes(of: slot) { span in (0..<span.count).map { span[$0] } }
                #expect(packet == expected && read == bytes, "seed \(seed)")
            }
        }
        copies.abandon()
        #expect(copies.counts.skipped == UInt64(waiting.count) && copies.isEmpty)
    }
}
