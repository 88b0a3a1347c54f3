import StatsBuffers
import StatsModel
import StatsPipeline
import StatsWire
import SystemIO

// Moving recorded events out of the rings, the texts and the sums into the pipeline.
extension LiveWorker {
    /// Whether any recorder's event waits.
    var isWaiting: Bool {
        let isRing = core.rings.withLock { rings in
            rings.contains { ThreadRing.pushed(at: $0.address) != ThreadRing.popped(at: $0.address) }
        }
        return isRing || !texts.entries.isEmpty || core.texts.withLock { !$0.entries.isEmpty }
    }

    /// Moves all waiting events into the pipeline, and sends if it has no room. Returns the number of events.
    mutating func drain() -> Int {
        core.rings.withLock { if $0.count > rings.count { rings = $0 } }
        var taken = 0
        isBehind = false
        for index in rings.indices {
            let address = rings[index].address
            let end = ThreadRing.pushed(at: address)
            var rest = Int(truncatingIfNeeded: end &- ThreadRing.popped(at: address))
            if rest == 0 { continue }
            peak = max(peak, rest)
            let waiting = rest
            core.histograms.withLock { $0.recordPeak(waiting) }
            while rest > 0 {
                guard makeRoom() else {
                    isBehind = true
                    break
                }
                let count = move(address, upTo: end)
                rest -= count
                taken += count
                moved += UInt64(count)
            }
        }
        return taken + drainTexts()
    }

    /// Sends if the pipeline is full. False if it stays full and its strategy refuses new events. Events then wait in their
    /// rings, which also refuse events when they are full.
    private mutating func makeRoom() -> Bool {
        if pipeline.freeCount > 0 { return true }
        if !sender.isStalled { transmit() }
        return pipeline.freeCount > 0 || !keepsOnlyOldest
    }

    private mutating func move(_ address: UInt, upTo end: UInt64) -> Int {
        let now = core.clock.now
        let wall = SystemClock.wallNanoseconds
        let free = pipeline.freeCount
        // Without room the strategy decides on each event. Events come in chunks, so that sending is tried in between.
        let limit = free > 0 ? free : pipeline.configuration.bufferCapacity
        let core = core
        return core.histograms.withLock { histograms in
            var stamp: Int64 = 0
            var alike: UInt64 = 0
            let moved = ThreadRing.drain(address, mask: core.ringMask, upTo: end, limit: limit) { event in
                if event.metric.index >= pipeline.metrics.count {
                    core.registry.withLock { pipeline.adoptMetrics(of: $0) }
                }
                if event.timestamp != stamp {
                    if alike > 0 { histograms.recordBuffer(wall &- stamp, count: alike) }
                    stamp = event.timestamp
                    alike = 0
                }
                alike += 1
                pipeline.recordSingle(event, at: now)
            }
            if alike > 0 { histograms.recordBuffer(wall &- stamp, count: alike) }
            return moved
        }
    }

    /// Handles sums that recorders may have changed, also of metrics that are new to the pipeline.
    mutating func noteAddedUp(at now: Instant) {
        guard pipeline.isAggregating, let aggregator = core.aggregator else { return }
        if core.timeWord > LiveCore.asleep { pipeline.handleAggregated(at: now) }
        if aggregator.registeredCount > pipeline.metrics.count { core.registry.withLock { pipeline.adoptMetrics(of: $0) } }
    }

    private mutating func drainTexts() -> Int {
        // Texts that found no room last time go first.
        if texts.entries.isEmpty { core.texts.withLock { if !$0.entries.isEmpty { swap(&$0, &texts) } } }
        if texts.entries.isEmpty { return 0 }
        core.registry.withLock { pipeline.adoptMetrics(of: $0) }
        var count = 0
        // The pool takes 16 bytes besides each text, and whole units of 16. Sending frees them.
        var room = 0
        while count < texts.entries.count {
            guard makeRoom() else {
                isBehind = true
                break
            }
            let entry = texts.entries[count]
            if room < entry.byteCount + 48, !sender.isStalled {
                transmit()
                room = pipeline.configuration.textCapacity / 2
            }
            room -= entry.byteCount + 48
            let bytes = texts.bytes
            let now = core.clock.now
            _ = pipeline.record(entry.event, bytes: bytes.span, timestamp: entry.timestamp, at: now)
            count += 1
        }
        textsTaken += UInt64(count)
        texts.removeFirst(count)
        return count
    }
}
