import StatsBuffers
import StatsModel
import TestSupport
import Testing

@Suite struct ShardedBufferTests {
    static func event(_ number: UInt64, of producer: Int) -> StatEvent { BoundedChannelTests.event(number, of: producer) }

    /// Takes what waits, up to `limit`, as (producer, number).
    static func drain(_ buffer: inout ShardedBuffer, upTo limit: Int = .max) -> [[UInt64]] {
        var taken: [[UInt64]] = []
        _ = buffer.consumer.drain(upTo: limit) { taken.append([UInt64($0.metric.index), UInt64($0.value)]) }
        return taken
    }

    @Test("producers have a shard each; those beyond share the channel; a shard that comes free is given out again")
    func registration() {
        let buffer = ShardedBuffer(shardCount: 2, shardCapacity: 4, sharedCapacity: 4)
        #expect(buffer.registry.freeShards == 2)
        let first = buffer.registry.register()
        #expect([first.isShared] == [false])
        do {
            let second = buffer.registry.register()
            let third = buffer.registry.register()
            #expect([second.isShared, third.isShared] == [false, true])
            #expect(buffer.registry.freeShards == 0)
        }
        #expect(buffer.registry.freeShards == 1)
        let fourth = buffer.registry.register()
        #expect([fourth.isShared] == [false])
        #expect([first.isShared] == [false])
    }

    @Test("a shard passes on with what waits in it, in order")
    func inheritance() {
        var buffer = ShardedBuffer(shardCount: 1, shardCapacity: 4, sharedCapacity: 2)
        do {
            var first = buffer.registry.register()
            for number in 0..<3 as Range<UInt64> { #expect(first.push(Self.event(number, of: 0)) == .buffered) }
        }
        var second = buffer.registry.register()
        #expect(second.push(Self.event(3, of: 1)) == .buffered)
        #expect(second.push(Self.event(4, of: 1)) == .refused(.bufferFull), "the shard's bound holds for both")
        #expect(Self.drain(&buffer) == [[0, 0], [0, 1], [0, 2], [1, 3]])
        #expect(second.push(Self.event(4, of: 1)) == .buffered)
        #expect(Self.drain(&buffer) == [[1, 4]])
    }

    @Test("each producer has its own bound: a full shard refuses, the others take")
    func bounds() {
        var buffer = ShardedBuffer(shardCount: 2, shardCapacity: 2, sharedCapacity: 2)
        var first = buffer.registry.register()
        var second = buffer.registry.register()
        var third = buffer.registry.register()
        for number in 0..<2 as Range<UInt64> {
            #expect(first.push(Self.event(number, of: 0)) == .buffered)
            #expect(third.push(Self.event(number, of: 2)) == .buffered)
        }
        #expect(first.push(Self.event(2, of: 0)) == .refused(.bufferFull))
        #expect(third.push(Self.event(2, of: 2)) == .refused(.bufferFull))
        #expect(second.push(Self.event(0, of: 1)) == .buffered)
        #expect(Self.drain(&buffer).count == 5)
    }

    @Test("draining takes turns, keeps to its limit, and goes on where it stopped")
    func turns() {
        let share = UInt64(ShardedConsumer.share)
        var buffer = ShardedBuffer(shardCount: 2, shardCapacity: 1024, sharedCapacity: 1024)
        var first = buffer.registry.register()
        var second = buffer.registry.register()
        var third = buffer.registry.register()
        for number in 0..<2 * share {
            _ = first.push(Self.event(number, of: 0))
            _ = second.push(Self.event(number, of: 1))
            _ = third.push(Self.event(number, of: 2))
        }
        let taken = Self.drain(&buffer, upTo: Int(share) + 3)
        #expect(taken.count == Int(share) + 3)
        #expect(taken.prefix(Int(share)).allSatisfy { $0[0] == 0 }, "the first has its turn")
        #expect(taken.suffix(3) == [[1, 0], [1, 1], [1, 2]], "then the second")
        let next = Self.drain(&buffer, upTo: 1)
        #expect(next == [[2, 0]], "a turn that was cut is over, so that nobody waits for ever")
        #expect(Self.drain(&buffer).count == Int(6 * share) - Int(share) - 4)
        #expect(Self.drain(&buffer).isEmpty)
        #expect(Self.drain(&buffer, upTo: 0).isEmpty)
    }

    @Test("nobody starves: a producer that never stops does not hold up the others")
    func starvation() {
        var buffer = ShardedBuffer(shardCount: 2, shardCapacity: 1024, sharedCapacity: 2)
        var busy = buffer.registry.register()
        var quiet = buffer.registry.register()
        _ = quiet.push(Self.event(0, of: 1))
        var number: UInt64 = 0
        var seen = 0
        for _ in 0..<3 {
            while busy.push(Self.event(number, of: 0)) == .buffered { number += 1 }
            seen += Self.drain(&buffer, upTo: ShardedConsumer.share).count { $0[0] == 1 }
        }
        #expect(seen == 1)
    }

    @Test(
        "fault 4: the order of each producer's events holds, on a shard and on the shared channel",
        .timeLimit(.minutes(1)), arguments: [1, 2, 4])
    func order(shardCount: Int) {
        let producers = 4
        let perProducer = UInt64(ThreadCountdown.share(60_000))
        var buffer = ShardedBuffer(shardCount: shardCount, shardCapacity: 256, sharedCapacity: 256)
        let registry = buffer.registry
        let countdown = ThreadCountdown(threads: producers)
        let threads = (0..<producers).map { index in
            RunningThread(registry.register()) { producer in
                var number: UInt64 = 0
                while number < perProducer {
                    switch producer.push(Self.event(number, of: index)) {
                    case .buffered: number += 1
                    case .refused:
                        if countdown.isOverdue { number = perProducer }
                        yieldProcessor()
                    }
                }
                countdown.finish()
                return producer.isShared
            }
        }
        var next = [UInt64](repeating: 0, count: producers)
        var wrong = 0
        while true {
            let isLast = countdown.isDone
            let taken = buffer.consumer.drain(upTo: 500) { event in
                let index = event.metric.index
                if event != Self.event(next[index], of: index) { wrong += 1 }
                next[index] += 1
            }
            if taken == 0, isLast { break }
            if taken == 0 { yieldProcessor() }
        }
        let shared = threads.count { $0.join() }
        #expect(wrong == 0)
        #expect(shared == max(0, producers - shardCount))
        #expect(next == Array(repeating: perProducer, count: producers), "everything arrives")
    }
}
