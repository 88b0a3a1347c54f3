import CLinuxNet
import StatsBuffers
import StatsModel
import StatsPipeline
import StatsWire
import Synchronization
import SystemIO

/// The single thread of a live client: rings -> pipeline -> sockets. It sleeps whenever nothing is due.
struct LiveWorker: ~Copyable {
    static let batchLimit = 32
    /// The tick: while events come, the worker looks at the rings and updates the shared time this often.
    static let tick = Nanoseconds.milliseconds(1)
    /// After this time without an event, the worker sleeps until it is woken.
    static let idleLimit = Nanoseconds.milliseconds(20)
    /// A round with more events than this is followed by the next round at once.
    static let busyCount = 256
    /// The fallback sleep: the longest sleep if the kernel has no process-wide barrier.
    static let fallbackSleep = Nanoseconds.milliseconds(20)
    /// The answer window: for this long after a packet, the worker waits for its acknowledgement. During this time it polls once
    /// per `answerPollInterval`, even if it sleeps otherwise.
    static let answerWindow = Nanoseconds.milliseconds(250)
    static let answerPollInterval = Nanoseconds.milliseconds(5)

    let core: LiveCore
    var pipeline: ClientPipeline
    var sender: LiveSender
    let keepsOnlyOldest: Bool
    var rings: [RingStorage] = []
    var texts: LiveTexts
    var textsTaken: UInt64 = 0
    private var flushes: [LiveWaiter] = []
    var lastEvent = Instant.start
    var lastPacket = Instant.start
    var peak = 0
    /// Whether the last round left events in their rings because the pipeline is full.
    var isBehind = false
    var moved: UInt64 = 0
    /// Received datagrams that were no acknowledgement for this session.
    private var invalid: UInt64 = 0
    private var stalls: UInt64 = 0
    private var openings: UInt64 = 0

    init(core: LiveCore, destination: Destination, secondDestination: Destination?, connector: LiveConnector) {
        self.core = core
        pipeline = ClientPipeline(
            configuration: core.configuration.workerPipeline, session: core.session, aggregator: core.aggregator)
        sender = LiveSender(
            configuration: core.configuration, destination: destination, secondDestination: secondDestination,
            connector: connector, spot: core.spot)
        texts = LiveTexts(byteLimit: core.configuration.textCapacity)
        switch core.configuration.dropStrategy {
        case .newest: keepsOnlyOldest = true
        case .oldest, .byPriority, .sampled: keepsOnlyOldest = false
        }
    }

    mutating func run() {
        while true {
            let deadline = takeCommands()
            let now = core.clock.now
            renewTime()
            listen(at: now)
            if let deadline {
                // A recorder that did not see that the client closed has stored its event before this barrier, or is too late.
                _ = clinuxnet_process_barrier()
                if now >= deadline { sender.giveUp() }
            }
            // Events after the start of the closing packets count as too late in the accounting.
            let taken = pipeline.isClosing ? 0 : drain()
            if taken > 0 { lastEvent = now }
            noteAddedUp(at: now)
            if !flushes.isEmpty { pipeline.flush() }
            if deadline != nil, !isWaiting || (sender.isGivenUp && pipeline.isCut) { pipeline.close(at: now) }
            // Heartbeats and closing packets report drops as of this round.
            pipeline.setDroppedOutside(core.refusedCounts())
            transmit()
            publish()
            let isHeldUp = sender.isStalled || isBehind || !pipeline.isAggregateFlushed
            if pipeline.isCut || !isHeldUp { resumeFlushes() }
            let isThrough = pipeline.isClosed || (sender.isGivenUp && pipeline.isFlushed && (!isWaiting || pipeline.isCut))
            if deadline != nil, isThrough, !sender.isStalled { break }
            if taken < Self.busyCount || sender.isStalled { sleep(closingAt: deadline) }
        }
        pipeline.giveUpRepair()
        publish()
        finish()
    }

    /// Takes the receiver's acknowledgements before anything is retransmitted because of a missing one.
    private mutating func listen(at now: Instant) {
        guard pipeline.isRepairing else { return }
        var acknowledged: UInt64 = 0
        sender.receive { if pipeline.handleAcknowledgement($0, at: now) { acknowledged += 1 } else { invalid += 1 } }
        if acknowledged > 0 { lastPacket = now }
    }

    /// The time by which everything must be sent. nil while the client is open.
    private mutating func takeCommands() -> Instant? {
        let (new, deadline) = core.control.withLock { control -> ([LiveWaiter], Instant?) in
            let flushes = control.flushes
            if !flushes.isEmpty { control.flushes = [] }
            switch control.phase {
            case .running: return (flushes, nil)
            case .closing(let deadline): return (flushes, deadline)
            case .finished: preconditionFailure("only the worker finishes")
            }
        }
        flushes += new
        return deadline
    }

    private mutating func resumeFlushes() {
        if flushes.isEmpty { return }
        for waiter in flushes { waiter.resume() }
        flushes = []
    }

    private func renewTime() {
        let seen = core.timeWord
        if seen > LiveCore.asleep { core.setTime(SystemClock.wallNanoseconds, over: seen) }
    }

    /// Polls and sends until nothing is due, or until a socket is full.
    mutating func transmit() {
        let now = core.clock.now
        let epoch = SystemClock.wallNanoseconds &- Int64(bitPattern: now.nanoseconds)
        if sender.isStalled {
            hand()
            if sender.isStalled { return }
        }
        while let packet = pipeline.pollTransmit(at: now, epoch: epoch) {
            pipeline.withDatagram { sender.append($0, packet) }
            if sender.isFull {
                hand()
                if sender.isStalled { return }
            }
        }
        hand()
    }

    /// Hands the gathered packets to the system.
    private mutating func hand() {
        if sender.isEmpty { return }
        let start = core.clock.now
        sender.send(at: start)
        if sender.isStalled { stalls += 1 }
        let end = core.clock.now
        lastPacket = end
        let wall = SystemClock.wallNanoseconds
        core.histograms.withLock { histograms in
            histograms.recordSend((end - start).rawValue)
            sender.takeSamples(at: wall, into: &histograms)
        }
        if sender.accounting.keepsOutcomes {
            sender.takeOutcomes { packet, outcome in pipeline.handleSendOutcome(outcome, of: packet, at: end) }
            while let transition = pipeline.pollBreakerTransition() {
                switch transition.to {
                case .open: openings += 1
                case .closed, .halfOpen: break
                }
            }
        }
    }

    private mutating func publish() {
        let lost = sender.accounting.losses.lost
        let waiting = sender.waiting
        let now = core.clock.now
        core.aggregatedCount.store(pipeline.addedUpCount, ordering: .relaxed)
        core.progress.withLock { progress in
            progress = sender.accounting.progress
            progress.dropped = pipeline.dropped
            // Only if there is a loss: changing the ledger copies its storage, which allocates.
            if lost != Tally() { progress.dropped[.sendFailed] += lost }
            progress.delivered = pipeline.sent
            progress.delivered.lanes &-= lost.counts.lanes
            progress.delivered.lanes &-= waiting.lanes
            // Every event that the pipeline took is sent, dropped or still in it.
            progress.held = moved &+ pipeline.addedUpCount &+ textsTaken &- pipeline.sent.total &- pipeline.dropped.lost.counts.total
            progress.held += waiting.total + UInt64(texts.entries.count)
            progress.peak = peak
            progress.copies = pipeline.copyCounts
            progress.large = pipeline.largePackets
            progress.repair = pipeline.repairCounts
            progress.invalidAnswers = invalid
            progress.breaker = pipeline.breakerState
            progress.breakerOpenings = openings
            progress.sampleRate = pipeline.sampleRate
            progress.stalls = stalls
        }
        core.histograms.withLock { $0.turn(at: now) }
    }

    /// Releases all waiting callers, including those that arrived in the meantime.
    private mutating func finish() {
        let waiters = core.control.withLock { control in
            let waiters = control.flushes + control.closes
            control = LiveControl(phase: .finished)
            return waiters
        }
        resumeFlushes()
        for waiter in waiters { waiter.resume() }
    }
}
