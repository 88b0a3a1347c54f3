import CLinuxNet
import StatsBuffers
import StatsModel
import StatsPipeline
import Synchronization
import SystemIO

/// Aggregation in place: the sums in the aggregator's cells go out with the pipeline's next flush. Each function has the results
/// of `record`. It records the single event if the value cannot be added up, and refuses it if the client is closed.
extension LiveCore {
    /// Adds to a counter's handle. Nothing is sent before the next flush.
    @inline(__always)
    func add(_ amount: Double, to handle: borrowing LiveHandle) -> PushResult {
        let first = handle.cell
        if first == 0 || timeWord <= Self.closed { return record(handle, value: amount) }
        let cell = ownCell(first)
        if amount == 1 {
            // Inside the block, by the mask. The aggregator lives as long as the core.
            unsafe AggregateStorage.word(cell &+ AggregateStorage.onesOffset).pointee.wrappingAdd(1, ordering: .relaxed)
        } else {
            switch AggregatedCounter.addOther(amount, rate: 1, cell: cell) {
            case .aggregated: break
            case .passThrough, .passThroughAfter: return record(handle, value: amount)
            }
        }
        return addedUp()
    }

    /// Sets the level of a gauge's handle.
    @inline(__always)
    func set(_ value: Double, of handle: borrowing LiveHandle) -> PushResult {
        // A gauge has one latest value and therefore one cell.
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

    /// Changes the level of a gauge's handle. Only the server knows the level that is changed. From the first change on, every
    /// value is therefore sent, in order. The worker first sends the levels that were set before.
    @inline(__always)
    func adjust(_ handle: borrowing LiveHandle, by change: Double) -> PushResult {
        if handle.cell != 0 { AggregatedGauge.endAggregation(handle.cell) }
        return record(handle, value: change, flags: .gaugeDelta)
    }

    /// Adds a value to a timing's, histogram's or distribution's handle.
    @inline(__always)
    func summarise(_ value: Double, in handle: borrowing LiveHandle) -> PushResult {
        let first = handle.cell
        if first == 0 || timeWord <= Self.closed { return record(handle, value: value) }
        switch AggregatedSummary.record(value, rate: 1, cell: ownCell(first)) {
        case .aggregated: return addedUp()
        case .passThrough, .passThroughAfter: return record(handle, value: value)
        }
    }

    /// Adds a value to a handle of any type, for calls by name.
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

    /// Makes the thread's ring when the thread adds up its first value. A later value may have to go into the ring: if a flush or
    /// another thread is using its cell, or if another thread has changed the gauge. No memory is then needed at that moment.
    @inline(__always)
    private func prepareRing(_ thread: Int) {
        let slot = min(thread, configuration.threadLimit)
        if ring(of: slot) == 0 { makeRing(slot) }
    }

    /// The value is stored first, and the time word read afterwards, as with a ring.
    @inline(__always)
    private func addedUp() -> PushResult {
        clinuxnet_compiler_fence()
        if timeWord == Self.asleep { _ = renewTime(Self.asleep) }
        return .buffered
    }

    /// Counts the values that were added after the worker's last look.
    func recordLostAggregates() {
        // There are no members of sets, since these go through the worker, which left none.
        aggregator?.flush { recordLostPacket($0.metric, count: $0.recordCount) }
    }

    private func recordLostPacket(_ metric: MetricID, count: UInt64) {
        let (type, key) = registry.withLock { ($0.type(of: metric), $0.keyHash(of: metric)) }
        let handle = LiveHandle(type: type, metric: metric, keyHash: key)
        let content = handle.content(value: 0, timestamp: SystemClock.wallNanoseconds, flags: [])
        var rest = count
        while rest > 0 {
            let part = UInt32(min(rest, UInt64(StatEvent.largestCount)))
            lateEvents.withLock { $0.recordLoss(.clientClosed, type, count: part, content: content) }
            rest -= UInt64(part)
        }
        aggregatedCount.wrappingAdd(count, ordering: .relaxed)
    }
}
