import StatsBuffers
import StatsModel
import TestSupport
import Testing

@Suite struct PriorityBufferTests {
    static func event(_ number: Int) -> StatEvent {
        StatEvent(metric: MetricID(UInt32(number)), value: Double(number), timestamp: 0)
    }

    @Test("fault 11: low priority moves although high never stops; its share is at least one pop in eight")
    func lowMoves() {
        var buffer = PriorityBuffer(capacity: 1024)
        for number in 0..<8 { _ = buffer.push(Self.event(number), priority: .low) }
        for number in 0..<16 { _ = buffer.push(Self.event(number), priority: .normal) }
        var taken: [EventPriority: Int] = [:]
        for number in 0..<64 {
            // Three high events come for each one that leaves.
            for _ in 0..<3 { _ = buffer.push(Self.event(number), priority: .high) }
            if let (_, priority) = buffer.pop() { taken[priority, default: 0] += 1 }
        }
        #expect(taken[.low] == 8, "64 pops, one in eight")
        #expect(taken[.normal] == 16, "two in eight")
        #expect(taken[.high] == 40, "five in eight")
    }

    @Test("critical goes before everything else, whoever's turn it is")
    func criticalFirst() {
        var buffer = PriorityBuffer(capacity: 64)
        for number in 0..<20 { _ = buffer.push(Self.event(number), priority: EventPriority.allCases[1 + number % 3]) }
        for number in 20..<40 {
            _ = buffer.push(Self.event(number), priority: .critical)
            let popped = buffer.pop()
            #expect(popped?.event == Self.event(number))
            #expect(popped?.priority == .critical)
            if number.isMultiple(of: 2) { #expect(buffer.pop()?.priority != .critical) }
        }
    }

    @Test("the turns of a round of eight, with everything waiting and with queues empty")
    func round() {
        func order(_ waiting: [EventPriority]) -> [EventPriority] {
            var buffer = PriorityBuffer(capacity: 64)
            for priority in waiting { for number in 0..<8 { _ = buffer.push(Self.event(number), priority: priority) } }
            return (0..<8).compactMap { _ in buffer.pop()?.priority }
        }
        #expect(order([.high, .normal, .low]) == [.high, .normal, .high, .low, .high, .normal, .high, .high])
        #expect(order([.normal, .low]) == [.normal, .normal, .normal, .low, .normal, .normal, .normal, .normal])
        #expect(order([.low]) == Array(repeating: .low, count: 8))
        #expect(order([.high, .low]) == [.high, .high, .high, .low, .high, .high, .high, .high])
    }

    @Test(
        "fault 10: a full buffer gives up the oldest of the lowest priority below the new one's, else the new one",
        arguments: EventPriority.allCases, EventPriority.allCases)
    func eviction(waiting: EventPriority, new: EventPriority) {
        var buffer = PriorityBuffer(capacity: 3)
        for number in 0..<3 { #expect(buffer.push(Self.event(number), priority: waiting) == .buffered) }
        let result = buffer.push(Self.event(9), priority: new)
        if waiting < new {
            #expect(result == .bufferedEvicting(Self.event(0), waiting))
            #expect(buffer.pop()?.event == Self.event(9))
            #expect(buffer.pop()?.event == Self.event(1))
        } else {
            #expect(result == .refused(.bufferFull))
            #expect(buffer.pop()?.event == Self.event(0))
        }
    }

    @Test("fault 10: any load: critical is lost only where nothing else waits; each event ends once", arguments: 0..<24 as Range<UInt64>)
    func law(seed: UInt64) {
        let random = KeyedRandom(seed: seed)
        let capacity = 1 + Int(random.draw(rule: 0, flow: 0, sequence: 0) % 20)
        var buffer = PriorityBuffer(capacity: capacity)
        // The model: per priority the numbers that wait, oldest first.
        var model: [[Int]] = [[], [], [], []]
        for step in 0..<3000 {
            let draw = random.draw(rule: 1, flow: 0, sequence: UInt64(step))
            let waiting = model.reduce(0) { $0 + $1.count }
            #expect(buffer.count == waiting, "seed \(seed), step \(step)")
            if draw % 10 < ((step / 50).isMultiple(of: 2) ? 7 : 3) {
                let priority = EventPriority.allCases[Int(draw >> 32 & 3)]
                let result = buffer.push(Self.event(step), priority: priority)
                let lowest = model.lastIndex { !$0.isEmpty } ?? 0
                if waiting < capacity {
                    #expect(result == .buffered, "seed \(seed), step \(step)")
                    model[Int(priority.rawValue)].append(step)
                } else if lowest > Int(priority.rawValue) {
                    let gone = model[lowest].removeFirst()
                    let expected = PriorityPushResult.bufferedEvicting(Self.event(gone), EventPriority.allCases[lowest])
                    #expect(result == expected, "seed \(seed), step \(step)")
                    model[Int(priority.rawValue)].append(step)
                } else {
                    #expect(result == .refused(.bufferFull), "seed \(seed), step \(step)")
                }
            } else if let (event, priority) = buffer.pop() {
                #expect(model[0].isEmpty || priority == .critical, "seed \(seed), step \(step): critical first")
                let queue = Int(priority.rawValue)
                #expect(model[queue].first == event.metric.index, "seed \(seed), step \(step): oldest of its priority")
                if !model[queue].isEmpty { model[queue].removeFirst() }
            } else {
                #expect(waiting == 0, "seed \(seed), step \(step)")
            }
        }
    }

    @Test("fault 10: many threads: no critical event is refused while lower ones wait", .timeLimit(.minutes(1)))
    func threads() {
        let capacity = 512
        let perThread = 20_000
        let buffer = SharedPriorityBuffer(capacity: capacity)
        let threads = (0..<3).map { index in
            RunningThread(index) { index in
                var kept = 0
                var evicted = 0
                var criticalLost = 0
                for number in 0..<perThread {
                    // One critical event in 512: together they never fill the buffer.
                    let isCritical = number % 512 == 0
                    let event = Self.event(index * perThread + number)
                    switch buffer.push(event, priority: isCritical ? .critical : EventPriority.allCases[1 + number % 3]) {
                    case .buffered: kept += 1
                    case .bufferedEvicting(_, let priority):
                        kept += 1
                        evicted += 1
                        if priority == .critical { criticalLost += 1 }
                    case .refused: if isCritical { criticalLost += 1 }
                    }
                }
                return [kept, evicted, criticalLost]
            }
        }
        var popped = 0
        for _ in 0..<10_000 {
            if buffer.pop() != nil { popped += 1 } else { yieldProcessor() }
        }
        var sums = [0, 0, 0]
        for thread in threads {
            for (index, count) in thread.join().enumerated() { sums[index] += count }
        }
        #expect(sums[2] == 0)
        var seen = Set<UInt32>()
        while let (event, _) = buffer.pop() {
            popped += 1
            #expect(seen.insert(event.metric.rawValue).inserted)
        }
        #expect(seen.count <= capacity)
        #expect(sums[0] - sums[1] == popped, "what was kept was evicted later or popped")
        #expect(sums[1] > 0, "the load must have made it evict")
    }
}
