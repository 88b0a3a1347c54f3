import CLinuxNet
import StatsBuffers
import StatsModel
import StatsPipeline
import Synchronization
import SystemIO

/// Adding up in place: what stands in a cell of the aggregator goes out with the pipeline's next flush. Each answers
/// like `record`, and does what it does where a value cannot be added up or the client is closed.
extension LiveCore {
    /// For a counter's handle. Nothing is sent before the next flush.
    @inline(__always)
    func add(_ amount: Double, to handle: borrowing LiveHandle) -> PushResult {
        let first = handle.cell
        if first == 0 || timeWord <= Self.closed { return record(handle, value: amount) }
        let cell = ownCell(first)
        if amount == 1 {
            // Inside the block, by the mask; the aggregator lives as long as the core.
            unsafe AggregateStorage.word(cell &+ AggregateStorage.onesOffset).pointee.wrappingAdd(1, ordering: .relaxed)
        } else {
            switch AggregatedCounter.addOther(amount, rate: 1, cell: cell) {
            case .aggregated: break
            case .passThrough, .passThroughAfter: return record(handle, value: amount)
            }
        }
        return addedUp()
    }

    /// For a gauge's handle.
    @inline(__always)
    func set(_ value: Double, of handle: borrowing LiveHandle) -> PushResult {
        // A gauge has one latest value, and so one cell.
        let cell = handle.cell
        if cell == 0 || AggregatedGauge.passes(cell) { return record(handle, value: value) }
        var time = timeWord
        if time <= Self.asleep {
            if time <= Self.closed { return record(handle, value: value) }
            time = renewTime(time)
        }
        prepareRing(Int(clinuxnet_thread_number()))
        AggregatedGauge.store(value, timestamp: time, in: cell)
        return addedUp()
    }

    /// For a gauge's handle: only the server knows what is changed, so from the first change on everything is sent, in
    /// order; the worker sends what was set before first.
    @inline(__always)
    func adjust(_ handle: borrowing LiveHandle, by change: Double) -> PushResult {
        if handle.cell != 0 { AggregatedGauge.endAggregation(handle.cell) }
        return record(handle, value: change, flags: .gaugeDelta)
    }

    /// For a timing's, histogram's or distribution's handle.
    @inline(__always)
    func summarise(_ value: Double, in handle: borrowing LiveHandle) -> PushResult {
        let first = handle.cell
        if first == 0 || timeWord <= Self.closed { return record(handle, value: value) }
        switch AggregatedSummary.record(value, rate: 1, cell: ownCell(first)) {
        case .aggregated: return addedUp()
        case .passThrough, .passThroughAfter: return record(handle, value: value)
        }
    }

    /// For a handle of any type, found by name.
    @inline(__always)
    func take(_ value: Double, for handle: borrowing LiveHandle) -> PushResult {
        if handle.cell == 0 { return record(handle, value: value) }
        switch handle.type {
        case .counter: return add(value, to: handle)
        case .gauge: return set(value, of: handle)
        case .timing, .histogram, .distribution: return summarise(value, in: handle)
        case .set, .event, .serviceCheck: return record(handle, value: value)
        }
    }

    /// The cell in this thread's stripe.
    @inline(__always)
    private func ownCell(_ first: UInt) -> UInt {
        let thread = Int(clinuxnet_thread_number())
        prepareRing(thread)
        return first &+ (UInt(bitPattern: thread) & stripeMask) &* stripeStride
    }

    /// The first value that a thread adds up makes its ring. Any later one may have to take it, where a flush or another
    /// thread is in its cell or another thread has changed the gauge, and asks for no memory then.
    @inline(__always)
    private func prepareRing(_ thread: Int) {
        let slot = min(thread, configuration.threadLimit)
        if ring(of: slot) == 0 { makeRing(slot) }
    }

    /// The value first, then the word, as with a ring.
    @inline(__always)
    private func addedUp() -> PushResult {
        clinuxnet_compiler_fence()
        if timeWord == Self.asleep { _ = renewTime(Self.asleep) }
        return .buffered
    }

    /// What was added when the worker had looked for the last time.
    func buryAggregates() {
        // No members of sets: those pass through the worker, which left none.
        aggregator?.flush { bury($0.metric, count: $0.recordCount) }
    }

    private func bury(_ metric: MetricID, count: UInt64) {
        let (type, key) = registry.withLock { ($0.type(of: metric), $0.keyHash(of: metric)) }
        let handle = LiveHandle(type: type, metric: metric, keyHash: key)
        let content = handle.content(value: 0, timestamp: SystemClock.wallNanoseconds, flags: [])
        var rest = count
        while rest > 0 {
            let part = UInt32(min(rest, UInt64(StatEvent.largestCount)))
            latecomers.withLock { $0.recordLoss(.clientClosed, type, count: part, content: content) }
            rest -= UInt64(part)
        }
        aggregatedCount.wrappingAdd(count, ordering: .relaxed)
    }
}
