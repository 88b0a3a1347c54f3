import StatsModel
import StatsWire
import TestSupport
import Testing

@testable import NetworkEmulator

/// When copies arrive: order, delay, jitter, reordering, and the bound on what is in flight.
@Suite struct FlightTests {
    @Test("copies leave the queue by time, and by insertion where times are equal", arguments: 1...8 as ClosedRange<UInt64>)
    func heapOrder(seed: UInt64) {
        let random = KeyedRandom(seed: seed)
        var queue = FlightQueue()
        var expected: [(time: UInt64, slot: Int)] = []
        for slot in 0..<500 {
            let time = random.draw(rule: 1, flow: 0, sequence: UInt64(slot)) % 50
            queue.push(slot, at: Instant(nanoseconds: time))
            expected.append((time, slot))
        }
        expected.sort { ($0.time, $0.slot) < ($1.time, $1.slot) }
        var order: [Int] = []
        while let entry = queue.popFirst() { order.append(entry.slot) }
        #expect(order == expected.map(\.slot), "seed \(seed)")
    }

    @Test("jitter stays within its bounds, reaches both ends, and arrivals come in the order of time")
    func jitter() {
        var impairments = Impairments()
        impairments.delay = .milliseconds(20)
        impairments.jitter = .milliseconds(10)
        let passage = Passage(impairments, seed: 4, 1...5000, interval: .microseconds(100))
        var least = Int64.max
        var most = Int64.min
        for arrival in passage.arrivals {
            let sent = Instant(nanoseconds: (arrival.sequence - 1) * 100_000)
            let delay = (arrival.time - sent).rawValue
            least = min(least, delay)
            most = max(most, delay)
        }
        #expect((10_000_000..<10_100_000).contains(least))
        #expect((29_900_000...30_000_000).contains(most))
        #expect(passage.arrivals.map(\.time) == passage.arrivals.map(\.time).sorted())
        #expect(passage.arrivals.map(\.sequence) != Array(1...5000))
    }

    @Test("jitter beyond the delay never delivers into the past")
    func clampedJitter() {
        var impairments = Impairments()
        impairments.jitter = .milliseconds(10)
        let passage = Passage(impairments, seed: 4, 1...500, interval: .milliseconds(50))
        #expect(passage.arrivals.allSatisfy { $0.time.nanoseconds >= ($0.sequence - 1) * 50_000_000 })
    }

    @Test("a reordered packet is overtaken by three later ones, with and without delay", arguments: [0, 40] as [Int64])
    func reorder(delay: Int64) {
        var impairments = Impairments()
        impairments.delay = .milliseconds(delay)
        impairments.reorder = Ratio(2, outOf: 100)
        let passage = Passage(impairments, seed: 6, 1...2000)
        var draws = FaultDraws(impairments: impairments, seed: 6)
        let isHeld = (1...2000 as ClosedRange<UInt64>).map { sequence in
            draws.judge(
                PacketIdentity(kind: .data, session: 3, sequence: sequence, key: sequence, isNumbered: true)).isReordered
        }
        #expect(isHeld.contains(true))
        // By definition: each held packet stands right behind the third later packet that is not held.
        var expected: [UInt64] = []
        var waiting: [(sequence: UInt64, toGo: Int)] = []
        for sequence in 1...2000 as ClosedRange<UInt64> {
            if isHeld[Int(sequence) - 1] {
                waiting.append((sequence, 3))
                continue
            }
            expected.append(sequence)
            for index in waiting.indices { waiting[index].toGo -= 1 }
            expected += waiting.filter { $0.toGo == 0 }.map(\.sequence)
            waiting.removeAll { $0.toGo == 0 }
        }
        expected += waiting.map(\.sequence)
        #expect(passage.arrivals.map(\.sequence) == expected)
    }

    @Test("a reordered packet that nobody overtakes arrives when its hold is over")
    func hold() {
        var impairments = Impairments()
        impairments.reorder = Ratio(100, outOf: 100)
        impairments.delay = .milliseconds(5)
        let passage = Passage(impairments, seed: 1, [1, 2] as [UInt64], interval: .seconds(3))
        #expect(passage.arrivals.map(\.time) == [.start + .milliseconds(1005), .start + .milliseconds(4005)])
    }

    @Test("a late driver changes neither times nor order")
    func latePolling() {
        var impairments = Impairments()
        impairments.reorder = Ratio(30, outOf: 100)
        impairments.delay = .milliseconds(2)
        impairments.jitter = .milliseconds(2)
        let prompt = Passage(impairments, seed: 2, 1...300)
        var network = NetworkEmulator(impairments: impairments, seed: 2)
        for sequence in 1...300 as ClosedRange<UInt64> {
            let packet = TestPacket.make(
                .data, session: 3, sequence: sequence, timestamp: sequence, payload: [1, 2, 3, 4, 5, 6, 7, 8])
            _ = network.handle(packet.span, at: Instant(nanoseconds: (sequence - 1) * 1_000_000))
        }
        var arrivals: [Delivery] = []
        while let delivery = network.pollDelivery(at: .start + .seconds(100)) { arrivals.append(delivery) }
        #expect(arrivals == prompt.arrivals)
    }

    @Test("one copy too many in flight is dropped under its name, and room comes back")
    func bound() {
        var impairments = Impairments()
        impairments.delay = .milliseconds(10)
        impairments.maximumInFlight = 3
        impairments.duplicate = Ratio(100, outOf: 100)
        var network = NetworkEmulator(impairments: impairments, seed: 1)
        let packet = TestPacket.make(.data, sequence: 1)
        let two = Fate(dropped: nil, intactCopies: 2, corruptedCopies: 0, isDuplicated: true)
        let one = Fate(dropped: nil, intactCopies: 1, corruptedCopies: 0, isDuplicated: false)
        let none = Fate(dropped: .networkQueueFull, intactCopies: 0, corruptedCopies: 0, isDuplicated: false)
        #expect(network.handle(packet.span, at: .start) == two)
        #expect(network.handle(packet.span, at: .start) == one)
        #expect(network.handle(packet.span, at: .start) == none)
        #expect(network.inFlight == 3)
        var copies: [Int] = []
        while let delivery = network.pollDelivery(at: .start + .milliseconds(10)) { copies.append(delivery.copy) }
        #expect(copies == [0, 1, 0])
        #expect(network.nextDeadline == nil)
        #expect(network.handle(packet.span, at: .start + .milliseconds(10)) == two)
    }

    @Test("what is no packet passes too, under draws of its own", arguments: [[], [7], Array("a:1|c".utf8)] as [[UInt8]])
    func noPacket(bytes: [UInt8]) {
        var impairments = Impairments()
        impairments.corrupt = Ratio(100, outOf: 100)
        var network = NetworkEmulator(impairments: impairments, seed: 1)
        let fate = network.handle(bytes.span, at: .start)
        #expect(fate.corruptedCopies == (bytes.isEmpty ? 0 : 1))
        #expect(network.pollDelivery(at: .start)?.byteCount == bytes.count)
        let isEqual = network.withDelivered { span in span.indices.map { span[$0] } == bytes }
        #expect(isEqual == bytes.isEmpty)
    }
}
