import StatsModel
import StatsPipeline
import TestSupport
import Testing

@Suite struct MemoryLimiterTests {
    @Test("what fits is reserved, what does not is refused whole")
    func bounds() {
        let limiter = MemoryLimiter(limit: 100)
        #expect(limiter.reserve(60))
        #expect(!limiter.reserve(41))
        #expect(limiter.used == 60)
        #expect(limiter.reserve(40))
        #expect(limiter.used == limiter.limit)
        #expect(!limiter.reserve(1))
        #expect(limiter.reserve(0))
        #expect(!limiter.reserve(.max), "the sum must not overflow")
        limiter.release(100)
        #expect(limiter.used == 0)
        #expect(limiter.peak == 100)
    }

    @Test("fault 15: however many threads reserve, usage never exceeds the limit", .timeLimit(.minutes(1)), arguments: [1, 7] as [UInt64])
    func neverExceeds(seed: UInt64) {
        let limit = 1000
        let limiter = MemoryLimiter(limit: limit)
        let threads = (0..<4 as Range<UInt64>).map { flow in
            RunningThread(KeyedRandom(seed: seed)) { random in
                var held: [Int] = []
                var excesses = 0
                var refusals: UInt64 = 0
                for step in 0..<60_000 as Range<UInt64> {
                    // Large bites, so that several threads often stand just below the limit together.
                    let size = Int(random.draw(rule: 0, flow: flow, sequence: step) % 400)
                    if limiter.reserve(size) { held.append(size) } else { refusals += 1 }
                    if limiter.used > limit { excesses += 1 }
                    if held.count > 2 { limiter.release(held.removeFirst()) }
                    if step % 64 == 0 { yieldProcessor() }
                }
                for size in held { limiter.release(size) }
                return (excesses, refusals)
            }
        }
        let answers = threads.map { $0.join() }
        #expect(answers.allSatisfy { $0.0 == 0 }, "seed \(seed)")
        #expect(limiter.peak <= limit, "seed \(seed)")
        #expect(limiter.used == 0, "everything was given back")
        #expect(answers.contains { $0.1 > 0 }, "the limit must have been met")
    }

    @Test("giving back more than was reserved traps, as does less than nothing")
    func programmerErrors() async {
        await #expect(processExitsWith: .failure) {
            let limiter = MemoryLimiter(limit: 10)
            _ = limiter.reserve(3)
            limiter.release(4)
        }
        await #expect(processExitsWith: .failure) { _ = MemoryLimiter(limit: 10).reserve(-1) }
    }
}
