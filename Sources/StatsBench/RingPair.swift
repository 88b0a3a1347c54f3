import StatsClient
import StatsModel
import Synchronization
import SystemIO

/// An element of 64 bytes, as peers' rings are measured with.
public struct WideElement: BitwiseCopyable, Sendable {
    var words: SIMD8<UInt64>

    @inline(__always) init(_ number: UInt64) {
        words = SIMD8(repeating: number) &+ SIMD8(0, 1, 2, 3, 4, 5, 6, 7)
    }
}

/// The ring between two threads: one fills it as fast as it can, the other reads every byte of what comes.
public enum RingPair {
    private struct Ends<Element: BitwiseCopyable & Sendable>: ~Copyable {
        var producer: SlotProducer<Element>?
        var consumer: SlotConsumer<Element>?
    }

    private final class Table<Element: BitwiseCopyable & Sendable>: Sendable {
        let ends: Mutex<Ends<Element>>

        init(capacity: Int) {
            let ring = SlotRing<Element>(capacity: capacity)
            ends = Mutex(Ends(producer: ring.producer, consumer: ring.consumer))
        }
    }

    /// Elements of 64 bytes a second. Traps where one comes damaged or twice.
    public static func wide(count: Int, capacity: Int = 8192) throws -> Double {
        try run(count: count, capacity: capacity, make: { WideElement(UInt64($0)) }) { $0 &+= $1.words.wrappedSum() }
    }

    /// Events of 32 bytes a second, as the client records them.
    public static func events(count: Int, capacity: Int = 8192) throws -> Double {
        try run(
            count: count, capacity: capacity,
            make: { StatEvent(metric: MetricID(0), value: 1, timestamp: Int64($0)) }
        ) { sum, event in
            sum &+= UInt64(bitPattern: event.timestamp) &+ event.value.bitPattern &+ event.rate.bitPattern
                &+ UInt64(event.bits) &+ UInt64(event.metric.rawValue)
        }
    }

    @inline(__always)
    private static func run<Element: BitwiseCopyable & Sendable>(
        count: Int, capacity: Int, make: @escaping @Sendable (Int) -> Element,
        add: @escaping @Sendable (inout UInt64, Element) -> Void
    ) throws -> Double {
        let table = Table<Element>(capacity: capacity)
        var expected: UInt64 = 0
        for number in 0..<count { add(&expected, make(number)) }
        let clock = SystemClock()
        let begin = clock.now
        let sums = try ProducerTeam.run(2) { number -> UInt64 in
            if number == 0 {
                guard var producer = table.ends.withLock({ $0.producer.take() }) else { return 0 }
                for number in 0..<count {
                    let element = make(number)
                    while producer.push(element) != .buffered {}
                }
                return 0
            }
            guard var consumer = table.ends.withLock({ $0.consumer.take() }) else { return 0 }
            var (sum, left) = (0 as UInt64, count)
            while left > 0 {
                guard let element = consumer.pop() else { continue }
                add(&sum, element)
                left -= 1
            }
            return sum
        }
        let time = Double((clock.now - begin).rawValue) / 1e9
        precondition(sums.reduce(0, &+) == expected, "every element comes once and whole")
        return Double(count) / time
    }
}
