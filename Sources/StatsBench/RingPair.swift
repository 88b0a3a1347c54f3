import StatsBuffers
import StatsClient
import StatsModel
import Synchronization
import SystemIO

/// An element of 64 bytes, the size used to measure comparable rings.
package struct WideElement: BitwiseCopyable, Sendable {
    var words: SIMD8<UInt64>

    @inline(__always) init(_ number: UInt64) {
        words = SIMD8(repeating: number) &+ SIMD8(0, 1, 2, 3, 4, 5, 6, 7)
    }
}

/// The ring between two threads: one thread fills it as fast as it can, and the other reads every byte.
package enum RingPair {
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

    /// Elements of 64 bytes per second. Traps if an element arrives damaged or twice.
    package static func wide(count: Int, capacity: Int = 8192) throws -> Double {
        try run(WideElement.self, count: count, capacity: capacity)
    }

    /// Events of 32 bytes per second, in the form that the client records.
    package static func events(count: Int, capacity: Int = 8192) throws -> Double {
        try run(StatEvent.self, count: count, capacity: capacity)
    }

    private static func run<Element: RingElement>(_ type: Element.Type, count: Int, capacity: Int) throws -> Double {
        let table = Table<Element>(capacity: capacity)
        var expected: UInt64 = 0
        for number in 0..<count { expected &+= Element(number: UInt64(number)).sum }
        let clock = SystemClock()
        let begin = clock.now
        let sums = try ProducerThreads.run(2) { $0 == 0 ? fill(table, count) : empty(table, count) }
        let time = Double((clock.now - begin).rawValue) / 1e9
        precondition(sums.reduce(0, &+) == expected, "every element comes once and whole")
        return Double(count) / time
    }

    private static func fill<Element: RingElement>(_ table: Table<Element>, _ count: Int) -> UInt64 {
        guard var producer = table.ends.withLock({ $0.producer.take() }) else { return 0 }
        for number in 0..<count {
            let element = Element(number: UInt64(number))
            while producer.push(element) != .buffered {}
        }
        return 0
    }

    private static func empty<Element: RingElement>(_ table: Table<Element>, _ count: Int) -> UInt64 {
        guard var consumer = table.ends.withLock({ $0.consumer.take() }) else { return 0 }
        var (sum, left) = (0 as UInt64, count)
        // At most 256 slots are released at a time: few releases disturb the producer little, and early releases keep it going.
        while left > 0 { left -= consumer.drain(limit: 256) { sum &+= $0.sum } }
        return sum
    }
}

/// The content of a ring during a measurement: made from a number, and read to the last byte.
protocol RingElement: BitwiseCopyable, Sendable {
    init(number: UInt64)
    var sum: UInt64 { get }
}

extension WideElement: RingElement {
    @inline(__always) init(number: UInt64) { self.init(number) }
    @inline(__always) var sum: UInt64 { words.wrappedSum() }
}

extension StatEvent: RingElement {
    @inline(__always) init(number: UInt64) {
        self.init(metric: MetricID(0), value: 1, timestamp: Int64(bitPattern: number))
    }

    @inline(__always) var sum: UInt64 {
        UInt64(bitPattern: timestamp) &+ value.bitPattern &+ rate.bitPattern &+ UInt64(bits) &+ UInt64(metric.rawValue)
    }
}
