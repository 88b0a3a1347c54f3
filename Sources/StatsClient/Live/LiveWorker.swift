import CLinuxNet
import StatsModel
import StatsWire
import Synchronization
import SystemIO

/// The one thread of a live client: rings -> pipeline -> socket. It sleeps whenever nothing is due.
struct LiveWorker: ~Copyable {
    static let batchLimit = 32
    /// While events come the rings are looked at this often, and the shared time is renewed.
    static let beat = Nanoseconds.milliseconds(1)
    /// Without an event for so long the worker sleeps until it is woken.
    static let restlessness = Nanoseconds.milliseconds(20)
    /// A round that took more is followed by the next one at once.
    static let busyCount = 256
    /// How long it sleeps at most where the kernel has no process-wide barrier.
    static let doze = Nanoseconds.milliseconds(20)

    let core: LiveCore
    var pipeline: ClientPipeline
    var sender: LiveSender
    private var rings: [RingStorage] = []
    private var texts: LiveTexts
    private var lastEvent = Instant.start
    private var peak = 0

    init(core: LiveCore, destination: Destination) {
        self.core = core
        pipeline = ClientPipeline(configuration: core.configuration.pipeline, session: core.session)
        sender = LiveSender(configuration: core.configuration, destination: destination)
        texts = LiveTexts(byteLimit: core.configuration.textCapacity)
    }

    mutating func run() {
        while true {
            let (flushes, deadline) = takeCommands()
            let now = core.clock.now
            renewTime()
            if let deadline {
                // Whoever did not see that the client closed has stored its event before this, or comes too late.
                _ = clinuxnet_process_barrier()
                if now >= deadline { sender.giveUp() }
            }
            // What comes after the closing packets began is counted as too late when the books are read.
            let taken = pipeline.reports.isClosing ? 0 : drain()
            if taken > 0 { lastEvent = now }
            if !flushes.isEmpty { pipeline.flush() }
            if deadline != nil, !isWaiting { pipeline.close(at: now) }
            transmit()
            publish()
            for waiter in flushes { waiter.resume() }
            if deadline != nil, pipeline.isClosed || (sender.isGivenUp && pipeline.isFlushed) { break }
            if taken < Self.busyCount { sleep(closingAt: deadline) }
        }
        finish()
    }

    private func takeCommands() -> ([LiveWaiter], Instant?) {
        core.control.withLock { control in
            let flushes = control.flushes
            if !flushes.isEmpty { control.flushes = [] }
            switch control.phase {
            case .running: return (flushes, nil)
            case .closing(let deadline): return (flushes, deadline)
            case .finished: preconditionFailure("only the worker finishes")
            }
        }
    }

    private func renewTime() {
        let seen = core.timeWord
        if seen > LiveCore.closed { core.setTime(SystemClock.wallNanoseconds, over: seen) }
    }

    /// Whether any recorder's event waits.
    private var isWaiting: Bool {
        let isRing = core.rings.withLock { rings in
            rings.contains { ThreadRing.pushed(at: $0.address) != ThreadRing.popped(at: $0.address) }
        }
        return isRing || core.texts.withLock { !$0.entries.isEmpty }
    }

    /// Moves everything into the pipeline that waits at this moment, sending where it has no room; answers how much.
    private mutating func drain() -> Int {
        core.rings.withLock { if $0.count > rings.count { rings = $0 } }
        var taken = 0
        for index in rings.indices {
            let address = rings[index].address
            let end = ThreadRing.pushed(at: address)
            var rest = Int(truncatingIfNeeded: end &- ThreadRing.popped(at: address))
            peak = max(peak, rest)
            taken += rest
            while rest > 0 {
                if pipeline.freeCount == 0 { transmit() }
                rest -= move(address, upTo: end)
            }
        }
        return taken + drainTexts()
    }

    private mutating func move(_ address: UInt, upTo end: UInt64) -> Int {
        let now = core.clock.now
        let limit = pipeline.freeCount
        let core = core
        return ThreadRing.drain(address, mask: core.ringMask, upTo: end, limit: limit) { event in
            if event.metric.index >= pipeline.metrics.count {
                core.registry.withLock { pipeline.adoptMetrics(of: $0) }
            }
            pipeline.record(event, at: now)
        }
    }

    private mutating func drainTexts() -> Int {
        core.texts.withLock { if !$0.entries.isEmpty { swap(&$0, &texts) } }
        if texts.entries.isEmpty { return 0 }
        core.registry.withLock { pipeline.adoptMetrics(of: $0) }
        let count = texts.entries.count
        for index in 0..<count {
            if pipeline.freeCount == 0 { transmit() }
            let entry = texts.entries[index]
            let bytes = texts.bytes
            let now = core.clock.now
            _ = pipeline.record(entry.event, bytes: bytes.span, timestamp: entry.timestamp, at: now)
        }
        texts.removeAll()
        return count
    }

    private mutating func transmit() {
        let now = core.clock.now
        let epoch = SystemClock.wallNanoseconds &- Int64(bitPattern: now.nanoseconds)
        while let packet = pipeline.pollTransmit(at: now, epoch: epoch) {
            pipeline.withDatagram { sender.append($0, isData: packet.kind == .data) }
            if sender.isFull { sender.send(at: core.clock.now) }
        }
        sender.send(at: core.clock.now)
    }

    private func publish() {
        core.progress.withLock { progress in
            progress = sender.progress
            progress.dropped = pipeline.dropped
            // Only where there is something to say: it makes the ledger's storage its own, which asks the heap.
            if sender.failed != Tally() { progress.dropped[.sendFailed] = sender.failed }
            progress.delivered = pipeline.sent
            progress.delivered.lanes &-= sender.failed.counts.lanes
            progress.peak = peak
        }
    }

    private func sleep(closingAt closing: Instant?) {
        let now = core.clock.now
        var wait: Nanoseconds?
        if let due = pipeline.nextDeadline { wait = due - now }
        if let closing { wait = min(wait ?? Self.beat, closing - now, Self.beat) }
        if now < lastEvent + Self.restlessness || closing != nil {
            core.spot.park(timeout: min(wait ?? Self.beat, Self.beat))
            return
        }
        let seen = core.timeWord
        if seen > LiveCore.closed, !core.setTime(LiveCore.asleep, over: seen) { return }
        let hasBarrier = clinuxnet_process_barrier() == 0
        if isWaiting { return wakeUp() }
        if !hasBarrier { wait = min(wait ?? Self.doze, Self.doze) }
        core.spot.park(timeout: wait)
    }

    private func wakeUp() { core.setTime(SystemClock.wallNanoseconds, over: LiveCore.asleep) }

    /// Lets everybody go who waits, those included that came while this was on its way.
    private func finish() {
        let waiters = core.control.withLock { control in
            let waiters = control.flushes + control.closes
            control = LiveControl(phase: .finished)
            return waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}
