import StatsModel
import StatsWire
import TestSupport
import Testing

@testable import NetworkEmulator

/// A stream of numbered packets through one emulator.
struct Passage {
    var fates: [Fate] = []
    var arrivals: [Delivery] = []
    var bytes: [[UInt8]] = []

    /// Sends `sequences` one `interval` apart, taking out what is due before each, and everything at the end.
    init(
        _ impairments: Impairments, seed: UInt64, _ sequences: some Sequence<UInt64>,
        interval: Nanoseconds = .milliseconds(1), kind: PacketKind = .data, timestamp: (UInt64) -> UInt64 = { $0 }
    ) {
        var network = NetworkEmulator(impairments: impairments, seed: seed)
        var now = Instant.start
        for sequence in sequences {
            while let due = network.nextDeadline, due <= now { collect(&network, due) }
            let packet = TestPacket.make(
                kind, session: 3, sequence: sequence, timestamp: timestamp(sequence), payload: [1, 2, 3, 4, 5, 6, 7, 8])
            fates.append(network.handle(packet.span, at: now))
            now = now + interval
        }
        while let due = network.nextDeadline { collect(&network, due) }
    }

    private mutating func collect(_ network: inout NetworkEmulator, _ time: Instant) {
        while let delivery = network.pollDelivery(at: time) {
            arrivals.append(delivery)
            bytes.append(network.withDelivered { span in span.indices.map { span[$0] } })
        }
    }

    var dropped: Set<Int> { Set(fates.indices.filter { fates[$0].dropped != nil }) }
}

@Suite struct NetworkEmulatorTests {
    @Test("a perfect network delivers every packet at once, in order, unchanged")
    func perfect() {
        let passage = Passage(Impairments(), seed: 1, 1...100)
        #expect(passage.arrivals.map(\.sequence) == Array(1...100))
        #expect(passage.arrivals.map(\.time.nanoseconds) == (0..<100).map { $0 * 1_000_000 })
        #expect(passage.bytes.first?.count == 48)
        #expect(passage.fates.allSatisfy { $0 == Fate(dropped: nil, intactCopies: 1, corruptedCopies: 0, isDuplicated: false) })
    }

    static let shares: [any WritableKeyPath<Impairments, Ratio> & Sendable] = [\.loss, \.corrupt, \.duplicate, \.reorder]

    /// The numbers that the rule at `path` affected.
    private static func affected(_ path: WritableKeyPath<Impairments, Ratio>, percent: UInt64, seed: UInt64) -> Set<UInt64> {
        var impairments = Impairments()
        impairments[keyPath: path] = Ratio(percent, outOf: 100)
        var draws = FaultDraws(impairments: impairments, seed: seed)
        let passage = Passage(impairments, seed: seed, 1...2000)
        var affected: Set<UInt64> = []
        for (index, fate) in passage.fates.enumerated() {
            let sequence = UInt64(index) + 1
            let packet = PacketIdentity(kind: .data, session: 3, sequence: sequence, key: sequence, isNumbered: true)
            if fate.dropped != nil || fate.corruptedCopies > 0 || fate.isDuplicated || draws.judge(packet).isReordered {
                affected.insert(sequence)
            }
        }
        return affected
    }

    @Test("what a smaller share affects a larger one affects as well", arguments: shares.indices, 1...5 as ClosedRange<UInt64>)
    func nested(share: Int, seed: UInt64) {
        var smaller = Self.affected(Self.shares[share], percent: 1, seed: seed)
        for percent in [3, 5, 20, 100] as [UInt64] {
            let larger = Self.affected(Self.shares[share], percent: percent, seed: seed)
            #expect(smaller.isSubset(of: larger), "seed \(seed), \(percent) percent")
            #expect(larger.count > smaller.count, "seed \(seed), \(percent) percent")
            smaller = larger
        }
        #expect(smaller.count == 2000)
    }

    @Test("rates come true in the long run", arguments: shares.indices, 1...4 as ClosedRange<UInt64>)
    func rates(share: Int, seed: UInt64) {
        var impairments = Impairments()
        impairments[keyPath: Self.shares[share]] = Ratio(3, outOf: 100)
        var draws = FaultDraws(impairments: impairments, seed: seed)
        var count = 0
        for sequence in 1...100_000 as ClosedRange<UInt64> {
            let packet = PacketIdentity(kind: .data, session: 8, sequence: sequence, key: sequence, isNumbered: true)
            let verdict = draws.judge(packet)
            if verdict != FaultDraws.Verdict() || draws.corruption(packet, copy: 0) != nil || draws.duplication(packet) != nil {
                count += 1
            }
        }
        // Binomial: 3000 expected, deviation 54; five of them is wrong once in 1.7 million.
        #expect(abs(count - 3000) < 5 * 54, "seed \(seed): \(count)")
    }

    @Test("one packet more, or another session between, changes nothing for the others", arguments: 1...5 as ClosedRange<UInt64>)
    func extraPackets(seed: UInt64) {
        var impairments = Impairments()
        impairments.loss = Ratio(10, outOf: 100)
        impairments.corrupt = Ratio(10, outOf: 100)
        impairments.duplicate = Ratio(10, outOf: 100)
        impairments.jitter = .milliseconds(3)
        var plain = NetworkEmulator(impairments: impairments, seed: seed)
        var crowded = NetworkEmulator(impairments: impairments, seed: seed)
        for sequence in 1...500 as ClosedRange<UInt64> {
            let packet = TestPacket.make(.data, session: 3, sequence: sequence)
            _ = crowded.handle(TestPacket.make(.data, session: 4, sequence: sequence).span, at: .start)
            _ = crowded.handle(
                TestPacket.make(.heartbeat, session: 3, sequence: sequence, timestamp: 5).span, at: .start)
            #expect(
                plain.handle(packet.span, at: .start) == crowded.handle(packet.span, at: .start),
                "seed \(seed), number \(sequence)")
        }
    }

    @Test("the rules do not share draws: what is lost says nothing of what is doubled")
    func independentRules() {
        let lost = Self.affected(\.loss, percent: 20, seed: 3)
        let doubled = Self.affected(\.duplicate, percent: 20, seed: 3)
        // 80 of 2000 expected in both, deviation 8.8.
        #expect(abs(lost.intersection(doubled).count - 80) < 45)
    }

    @Test("every corrupted copy differs from what was sent and is refused", arguments: 1...3 as ClosedRange<UInt64>)
    func corruption(seed: UInt64) {
        var impairments = Impairments()
        impairments.corrupt = Ratio(60, outOf: 100)
        impairments.duplicate = Ratio(50, outOf: 100)
        let passage = Passage(impairments, seed: seed, 1...1000)
        var flips: Set<Int> = []
        for (arrival, bytes) in zip(passage.arrivals, passage.bytes) {
            let sent = TestPacket.make(
                .data, session: 3, sequence: arrival.sequence, timestamp: arrival.sequence, payload: [1, 2, 3, 4, 5, 6, 7, 8])
            let flipped = zip(sent, bytes).reduce(0) { $0 + ($1.0 ^ $1.1).nonzeroBitCount }
            #expect(arrival.isCorrupted == (flipped > 0), "seed \(seed), number \(arrival.sequence)")
            #expect(bytes.count == sent.count)
            if arrival.isCorrupted {
                flips.insert(flipped)
                #expect(throws: PacketFault.self) { try PacketHeader(decoding: bytes.span) }
            } else {
                #expect(throws: Never.self) { try PacketHeader(decoding: bytes.span) }
            }
        }
        #expect(flips == Set(1...8))
        #expect(passage.arrivals.count { $0.isCorrupted } == passage.fates.reduce(0) { $0 + $1.corruptedCopies })
        #expect(passage.arrivals.count { !$0.isCorrupted } == passage.fates.reduce(0) { $0 + $1.intactCopies })
    }

    @Test("chosen packets are dropped by number, data packets only")
    func chosen() {
        var impairments = Impairments()
        impairments.drop = [3...3, 17...17, 40...60]
        let dropped = Passage(impairments, seed: 1, 1...100).dropped.map { $0 + 1 }.sorted()
        #expect(dropped == [3, 17] + Array(40...60))
        #expect(Passage(impairments, seed: 1, 1...100, kind: .heartbeat).dropped.isEmpty)
    }

    @Test("heartbeats that repeat a number and a time are drawn separately", arguments: [true, false])
    func repeatedControl(hasEqualTimes: Bool) {
        var impairments = Impairments()
        impairments.loss = Ratio(50, outOf: 100)
        var time: UInt64 = 0
        let passage = Passage(impairments, seed: 5, repeatElement(9, count: 400), kind: .closing) { _ in
            time += hasEqualTimes ? 0 : 1
            return time
        }
        // Binomial: 200 expected, deviation 10.
        #expect(abs(passage.dropped.count - 200) < 50)
    }

    @Test("the same seed gives the same passage, another seed another one")
    func determinism() {
        var impairments = Impairments()
        impairments.loss = Ratio(5, outOf: 100)
        impairments.corrupt = Ratio(5, outOf: 100)
        impairments.duplicate = Ratio(5, outOf: 100)
        impairments.reorder = Ratio(5, outOf: 100)
        impairments.delay = .milliseconds(5)
        impairments.jitter = .milliseconds(9)
        let one = Passage(impairments, seed: 7, 1...1000)
        let again = Passage(impairments, seed: 7, 1...1000)
        #expect(one.fates == again.fates)
        #expect(one.arrivals == again.arrivals)
        #expect(one.bytes == again.bytes)
        #expect(one.fates != Passage(impairments, seed: 8, 1...1000).fates)
    }
}
