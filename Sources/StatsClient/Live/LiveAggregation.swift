import CLinuxNet
import StatsModel
import Synchronization
import SystemIO

/// What of the worker's time belongs to what recorders add up by themselves: every interval, with each flush and at the
/// end, the sums become records that stand for as many events as went into them.
struct LiveAggregation {
    private let aggregator: LocalAggregator
    private let interval: Nanoseconds
    /// When the next sums go out; nil while nothing can have been added.
    private(set) var due: Instant?
    /// Sums whose records are counted one flush later, since another thread was about to: a value without an event.
    private var carried: [MetricID: Double] = [:]

    /// A record can stand for 24 bits of events.
    private static let largestCount: UInt64 = 0x00FF_FFFF

    init(_ aggregator: LocalAggregator, interval: Nanoseconds) {
        self.aggregator = aggregator
        self.interval = interval
    }

    /// Recorders may have added something.
    mutating func handleActivity(at now: Instant) { if due == nil { due = now + interval } }

    /// Takes all sums and shows them as records; answers how many events they stand for.
    mutating func flush(timestamp: Int64, at now: Instant, _ body: (StatEvent) -> Void) -> UInt64 {
        var events: UInt64 = 0
        var carried = carried
        aggregator.flush({ record in
            var rest = record.recordCount
            switch record.value {
            case .counter(let sum):
                var value = sum + (carried[record.metric] ?? 0)
                carried[record.metric] = rest == 0 ? value : nil
                while rest > 0 {
                    let count = min(rest, Self.largestCount)
                    body(
                        StatEvent(
                            metric: record.metric, value: value, timestamp: timestamp, rate: 1, count: UInt32(count)))
                    value = 0
                    rest -= count
                }
                events += record.recordCount
            case .gauge, .summary: preconditionFailure("only counters are added up by live handles")
            }
        })
        self.carried = carried
        due = events > 0 ? now + interval : nil
        return events
    }
}

/// An ``AggregatedCounter`` as a handle holds it: numbers only, so that adding touches no reference count, which all
/// threads would fight for. The handle's core holds the aggregator.
struct LiveSum: Sendable {
    private let cell: UInt
    private let stripeStride: UInt
    private let stripeMask: UInt

    init(_ counter: AggregatedCounter) {
        cell = counter.cell
        stripeStride = counter.stripeStride
        stripeMask = counter.stripeMask
    }

    /// False for what is no whole number up to 2^20: then it is sent as an event of its own.
    @inline(__always)
    func add(_ amount: Double, stripe: UInt) -> Bool {
        let address = cell &+ (stripe & stripeMask) &* stripeStride
        if amount == 1 {
            // Inside the block, by the mask; the aggregator lives as long as the core.
            unsafe AggregateStorage.word(address &+ AggregateStorage.onesOffset).pointee.wrappingAdd(1, ordering: .relaxed)
            return true
        }
        // Not a number is not below the limit either.
        guard amount.magnitude <= AggregatedCounter.wholeLimit, amount == amount.rounded() else { return false }
        let packed = UInt64(bitPattern: Int64(amount)) << AggregateStorage.packedShift | 1
        let sum = unsafe AggregateStorage.word(address &+ AggregateStorage.packedOffset)
            .pointee.wrappingAdd(packed, ordering: .relaxed).newValue
        if AggregateStorage.isHalfFull(sum) { AggregateStorage.spill(address) }
        return true
    }
}

extension LiveCore {
    /// Adds to a counter in place. Nothing is sent before the next flush.
    @inline(__always)
    func add(_ amount: Double, to sum: LiveSum, _ handle: borrowing LiveHandle) -> PushResult {
        if timeWord == Self.closed || !sum.add(amount, stripe: UInt(bitPattern: Int(clinuxnet_thread_number()))) {
            return record(handle, value: amount)
        }
        // The sum first, then the word, as with a ring.
        clinuxnet_compiler_fence()
        if timeWord == Self.asleep { _ = renewTime(Self.asleep) }
        return .buffered
    }

    /// What was added when the worker had looked for the last time.
    func buryAggregates() {
        aggregator?.flush({ record in
            let (type, key) = registry.withLock { ($0.type(of: record.metric), $0.keyHash(of: record.metric)) }
            let handle = LiveHandle(type: type, metric: record.metric, keyHash: key)
            let content = handle.content(value: 0, timestamp: SystemClock.wallNanoseconds, flags: [])
            var rest = record.recordCount
            while rest > 0 {
                let count = UInt32(min(rest, 0x00FF_FFFF))
                latecomers.withLock { $0.recordLoss(.clientClosed, type, count: count, content: content) }
                rest -= UInt64(count)
            }
            aggregatedCount.wrappingAdd(record.recordCount, ordering: .relaxed)
        })
    }
}
