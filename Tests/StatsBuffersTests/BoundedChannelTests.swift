import StatsBuffers
import StatsModel
import TestSupport
import Testing

@Suite struct BoundedChannelTests {
    /// The `number`th event of a producer: the producer stands in the metric, the number in value and timestamp.
    static func event(_ number: UInt64, of producer: Int = 0) -> StatEvent {
        StatEvent(metric: MetricID(UInt32(producer)), value: Double(number), timestamp: Int64(number) * 3)
    }

    @Test("a full channel answers so at once, changes nothing, and takes again once a slot is free", arguments: [2, 8, 64])
    func full(capacity: Int) {
        var channel = BoundedChannel(capacity: capacity)
        for number in 0..<UInt64(capacity) { #expect(channel.producer.tryPush(Self.event(number)) == .buffered) }
        #expect(channel.count == capacity)
        #expect(channel.producer.tryPush(Self.event(99)) == .refused(.bufferFull))
        #expect(channel.count == capacity)
        #expect(channel.consumer.pop() == Self.event(0))
        #expect(channel.producer.tryPush(Self.event(UInt64(capacity))) == .buffered)
        for number in 1...UInt64(capacity) { #expect(channel.consumer.pop() == Self.event(number)) }
        #expect(channel.consumer.pop() == nil)
        #expect(channel.count == 0)
    }

    @Test("any mixture of pushes, pops and evictions behaves as a bounded queue", arguments: 0..<32 as Range<UInt64>)
    func model(seed: UInt64) {
        let random = KeyedRandom(seed: seed)
        let capacity = 2 << Int(random.draw(rule: 0, flow: 0, sequence: 0) % 5)
        var channel = BoundedChannel(capacity: capacity)
        var queue: [StatEvent] = []
        for step in 0..<2000 as Range<UInt64> {
            // Phases that rather fill and phases that rather empty, so that both ends are met.
            let pushes: UInt64 = (step / 100).isMultiple(of: 2) ? 7 : 3
            let draw = random.draw(rule: 1, flow: 0, sequence: step)
            if draw % 10 >= pushes {
                let expected = queue.isEmpty ? nil : queue.removeFirst()
                #expect(channel.consumer.pop() == expected, "seed \(seed), step \(step)")
            } else if draw >> 32 & 1 == 0 {
                let result = channel.producer.tryPush(Self.event(step))
                #expect(result == (queue.count < capacity ? .buffered : .refused(.bufferFull)), "seed \(seed), \(step)")
                if queue.count < capacity { queue.append(Self.event(step)) }
            } else {
                var evicted: [StatEvent] = []
                #expect(channel.producer.push(Self.event(step), evicting: { evicted.append($0) }) == .buffered)
                let expected = queue.count < capacity ? [] : [queue.removeFirst()]
                #expect(evicted == expected, "seed \(seed), step \(step)")
                queue.append(Self.event(step))
            }
            #expect(channel.count == queue.count, "seed \(seed), step \(step)")
        }
    }

    @Test(
        "fault 1: many threads push at once, and everything arrives once, whole and in its producer's order",
        .timeLimit(.minutes(1)), arguments: [2, 64, 1024])
    func manyProducers(capacity: Int) {
        let producers = 4
        // Through few slots nearly every event takes a change of thread, which on a busy machine takes milliseconds.
        let perProducer = UInt64(ThreadCountdown.share([2: 500, 64: 10_000][capacity] ?? 50_000))
        var channel = BoundedChannel(capacity: capacity)
        let countdown = ThreadCountdown(threads: producers)
        let threads = (0..<producers).map { index in
            RunningThread(channel.producer) { producer in
                var number: UInt64 = 0
                while number < perProducer {
                    switch producer.tryPush(Self.event(number, of: index)) {
                    case .buffered: number += 1
                    case .refused:
                        if countdown.isOverdue { number = perProducer }
                        yieldProcessor()
                    }
                }
                countdown.finish()
            }
        }
        var next = [UInt64](repeating: 0, count: producers)
        var wrong = 0
        while true {
            let isLast = countdown.isDone
            guard let event = channel.consumer.pop() else {
                if isLast { break }
                yieldProcessor()
                continue
            }
            let index = event.metric.index
            guard index < producers, event == Self.event(next[index], of: index) else {
                wrong += 1
                continue
            }
            next[index] += 1
        }
        for thread in threads { thread.join() }
        #expect(wrong == 0)
        #expect(next == Array(repeating: perProducer, count: producers), "everything arrives")
        #expect(channel.count == 0, "nothing may be left over")
    }

    @Test("fault 3: a push with a timeout really waits, for the whole time and then answers")
    func waitsItsTime() {
        let channel = BoundedChannel(capacity: 2)
        for number in 0..<2 as Range<UInt64> { _ = channel.producer.tryPush(Self.event(number)) }
        for timeout in [Duration.milliseconds(1), .milliseconds(20)] {
            let clock = ContinuousClock()
            let begin = clock.now
            #expect(channel.producer.push(Self.event(9), timeout: timeout) == .refused(.bufferFull))
            let waited = clock.now - begin
            #expect(waited >= timeout, "it must not give up early")
            #expect(waited < .seconds(5), "it must give up")
        }
        for timeout in [Duration.zero, .nanoseconds(-1)] {
            #expect(channel.producer.push(Self.event(9), timeout: timeout) == .refused(.bufferFull))
        }
        #expect(channel.count == 2)
    }

    @Test("a push that would have to wait but finds room does not wait")
    func roomAtOnce() {
        var channel = BoundedChannel(capacity: 2)
        #expect(channel.producer.push(Self.event(1), timeout: .seconds(3600)) == .buffered)
        #expect(channel.consumer.pop() == Self.event(1))
    }

    @Test("fault 3: waiting producers go on as soon as there is room; no wake-up is lost", .timeLimit(.minutes(1)))
    func wokenByRoom() {
        let producers = 3
        let perProducer: UInt64 = 4_000
        var channel = BoundedChannel(capacity: 2)
        let countdown = ThreadCountdown(threads: producers)
        let threads = (0..<producers).map { index in
            RunningThread(channel.producer) { producer in
                // So long that it is only ever used up where a wake-up was lost.
                let refused = (0..<perProducer).first {
                    producer.push(Self.event($0, of: index), timeout: .seconds(10)) != .buffered
                }
                countdown.finish()
                return refused
            }
        }
        var next = [UInt64](repeating: 0, count: producers)
        var wrong = 0
        while true {
            let isLast = countdown.isDone
            guard let event = channel.consumer.pop() else {
                if isLast { break }
                yieldProcessor()
                continue
            }
            let index = event.metric.index
            if event != Self.event(next[index], of: index) { wrong += 1 }
            next[index] += 1
        }
        for thread in threads { #expect(thread.join() == nil, "no push may be refused") }
        #expect(wrong == 0)
        #expect(next == Array(repeating: perProducer, count: producers))
    }

    @Test(
        "fault 8: under concurrent eviction each event is either received or evicted, and once only",
        .timeLimit(.minutes(1)), arguments: [2, 16, 256])
    func eviction(capacity: Int) {
        let producers = 3
        let perProducer: UInt64 = 40_000
        var channel = BoundedChannel(capacity: capacity)
        let countdown = ThreadCountdown(threads: producers)
        let threads = (0..<producers).map { index in
            RunningThread(channel.producer) { producer in
                var gone: [StatEvent] = []
                for number in 0..<perProducer {
                    let event = Self.event(number, of: index)
                    if producer.push(event, evicting: { gone.append($0) }) != .buffered { gone.append(event) }
                }
                countdown.finish()
                return gone
            }
        }
        var seen = [[UInt8]](repeating: Array(repeating: 0, count: Int(perProducer)), count: producers)
        var last = [Double](repeating: -1, count: producers)
        var disorder = 0
        var received = 0
        // Takes some while they run, so that consumer and evicting producers meet at the tail.
        while received < 20_000 {
            let isLast = countdown.isDone
            guard let event = channel.consumer.pop() else {
                if isLast { break }
                yieldProcessor()
                continue
            }
            received += 1
            if event.value <= last[event.metric.index] { disorder += 1 }
            last[event.metric.index] = event.value
            seen[event.metric.index][Int(event.value)] += 1
        }
        for thread in threads {
            for event in thread.join() { seen[event.metric.index][Int(event.value)] += 1 }
        }
        var left = 0
        while let event = channel.consumer.pop() {
            seen[event.metric.index][Int(event.value)] += 1
            left += 1
        }
        #expect(disorder == 0, "eviction must not reorder a producer's events")
        #expect(left <= capacity)
        #expect(seen.allSatisfy { $0.allSatisfy { $0 == 1 } }, "every event once: received, evicted, refused or left")
    }
}
