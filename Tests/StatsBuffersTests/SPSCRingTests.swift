@testable import StatsBuffers
import StatsModel
import TestSupport
import Testing

@Suite struct SPSCRingTests {
    static func event(_ number: UInt64) -> StatEvent {
        StatEvent(
            metric: MetricID(UInt32(truncatingIfNeeded: number)), value: Double(number), timestamp: Int64(number) * 3,
            rate: 1 / Double(number + 1), text: UInt32(truncatingIfNeeded: number), flags: .gaugeDelta)
    }

    @Test("a slot is 32 bytes, as the ring's memory is promised")
    func slotSize() {
        #expect(MemoryLayout<StatEvent>.stride == 32)
        #expect(MemoryLayout<StatEvent>.size == 32)
    }

    @Test("fault 2: what one end writes stands 128 bytes, a pair of lines, from what the other writes and from the slots")
    func distances() {
        let pair: UInt = 128
        for capacity in [1, 8, 4096] {
            let ring = RingStorage(capacity: capacity)
            #expect(ring.address % pair == 0)
        }
        #expect(RingStorage.tailOffset >= pair && RingStorage.slotsOffset - RingStorage.tailOffset >= pair)
    }

    @Test("a full ring answers so, changes nothing, and takes again once a slot is free", arguments: [1, 2, 8])
    func full(capacity: Int) {
        var ring = SPSCRing(capacity: capacity)
        for number in 0..<UInt64(capacity) { #expect(ring.producer.push(Self.event(number)) == .buffered) }
        #expect(ring.count == capacity)
        #expect(ring.producer.push(Self.event(99)) == .refused(.bufferFull))
        #expect(ring.count == capacity)
        #expect(ring.consumer.pop() == Self.event(0))
        #expect(ring.producer.push(Self.event(UInt64(capacity))) == .buffered)
        for number in 1...UInt64(capacity) { #expect(ring.consumer.pop() == Self.event(number)) }
        #expect(ring.consumer.pop() == nil)
        #expect(ring.count == 0)
    }

    @Test("looking at the first event leaves it there")
    func peek() {
        var ring = SPSCRing(capacity: 4)
        #expect(ring.consumer.peek() == nil)
        _ = ring.producer.push(Self.event(5))
        #expect(ring.consumer.peek() == Self.event(5))
        #expect(ring.consumer.peek() == Self.event(5))
        ring.consumer.removeFirst()
        #expect(ring.consumer.peek() == nil)
    }

    @Test("any mixture of pushes and pops behaves as a bounded queue", arguments: 0..<32 as Range<UInt64>)
    func model(seed: UInt64) {
        let random = KeyedRandom(seed: seed)
        let capacity = 1 << Int(random.draw(rule: 0, flow: 0, sequence: 0) % 6)
        var ring = SPSCRing(capacity: capacity)
        var queue: [StatEvent] = []
        for step in 0..<2000 as Range<UInt64> {
            // Phases that rather fill and phases that rather empty, so that both ends are met.
            let pushes: UInt64 = (step / 100).isMultiple(of: 2) ? 7 : 3
            if random.draw(rule: 1, flow: 0, sequence: step) % 10 < pushes {
                let result = ring.producer.push(Self.event(step))
                #expect(result == (queue.count < capacity ? .buffered : .refused(.bufferFull)), "seed \(seed), \(step)")
                if queue.count < capacity { queue.append(Self.event(step)) }
            } else {
                let expected = queue.isEmpty ? nil : queue.removeFirst()
                #expect(ring.consumer.pop() == expected, "seed \(seed), step \(step)")
            }
            #expect(ring.count == queue.count, "seed \(seed), step \(step)")
            #expect(ring.consumer.isEmpty == queue.isEmpty)
            #expect(ring.producer.isFull == (queue.count == capacity))
        }
    }

    @Test(
        "two threads: everything pushed arrives once, whole and in order", .timeLimit(.minutes(1)),
        arguments: [1, 2, 64, 4096])
    func twoThreads(capacity: Int) {
        // With few slots each event takes a change of threads, which waits behind everybody else on a busy machine.
        let total: UInt64 = capacity < 64 ? 5_000 : 200_000
        let ring = SPSCRing(capacity: capacity)
        let thread = RunningThread(ring.producer) { producer in
            var refusals = 0
            var number: UInt64 = 0
            while number < total {
                switch producer.push(Self.event(number)) {
                case .buffered: number += 1
                case .refused:
                    refusals += 1
                    yieldProcessor()
                }
            }
            return refusals
        }
        var consumer = ring.consumer
        var received: UInt64 = 0
        var wrong = 0
        while received < total {
            guard let event = consumer.pop() else {
                yieldProcessor()
                continue
            }
            if event != Self.event(received) { wrong += 1 }
            received += 1
        }
        let refusals = thread.join()
        #expect(wrong == 0)
        #expect(consumer.pop() == nil, "nothing may be left over")
        #expect(capacity > 2 || refusals > 0, "a tiny ring must have been full at times")
    }
}
