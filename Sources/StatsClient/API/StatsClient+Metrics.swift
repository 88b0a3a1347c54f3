import StatsModel
import StatsPipeline
import Synchronization
import SystemIO

extension StatsClient {
    /// Everything this client counts of itself: the guide's internal metrics, and what it names losses by.
    ///
    /// At any moment eventsReceived = eventsBuffered + eventsSent + eventsDropped, but for what moves from one to the other
    /// while they are read; once the client is closed, exactly. Losses are read first: eventsReceived is never less than
    /// eventsSent + eventsDropped.
    public struct Metrics: Codable, Sendable, Equatable {
        /// Offered, less what handles' sample rates left out.
        public var eventsReceived: UInt64
        public var eventsSampledOut: UInt64
        /// Waiting: in the threads' buffers, in the worker's, in packets not yet taken.
        public var eventsBuffered: UInt64
        public var eventsSent: UInt64
        public var eventsDropped: UInt64
        public var droppedByCause: [String: UInt64]
        /// Data packets taken by the system, packets of all kinds, and bytes of UDP payload.
        public var batchesSent: UInt64
        public var packetsSent: UInt64
        public var bytesSent: UInt64
        /// Of the data packets those that hold one event longer than a packet, and their bytes
        /// (``ClientConfiguration/largeEventLimit``); what is sent again is not counted again.
        public var largePacketsSent: UInt64 = 0
        public var largePacketBytes: UInt64 = 0
        /// Second copies among the packets; those not made because too many waited.
        public var copiesSent: UInt64 = 0
        public var copiesSkipped: UInt64 = 0
        /// Packets and bytes sent again because the receiver lacked them, or did not acknowledge them.
        public var packetsSentAgain: UInt64 = 0
        public var bytesSentAgain: UInt64 = 0
        /// The receiver's answers, and datagrams that came back and were none.
        public var acknowledgements: UInt64 = 0
        public var foreignAnswers: UInt64 = 0
        /// Times that no answer came in time.
        public var acknowledgementTimeouts: UInt64 = 0
        /// Packets asked for that were no longer kept; packets with critical events that left memory unacknowledged.
        public var packetsUnanswerable: UInt64 = 0
        public var packetsUnconfirmed: UInt64 = 0
        /// Packets asked for more often than one is sent again, and packets asked for that waited because only so many bytes
        /// a second are sent again (``ReliabilityConfiguration``).
        public var packetsExhausted: UInt64 = 0
        public var packetsDelayed: UInt64 = 0
        /// Packets that the system did not take, and packets that came back.
        public var sendErrors: UInt64
        public var sendErrorsByName: [String: UInt64]
        /// Of those, the ones that came back, which ``packetsSent`` counts as well.
        public var packetsReturned: UInt64 = 0
        public var connects: UInt64

        /// Slots of one thread's buffer; the most that ever waited in one, and in the last ten to twenty seconds.
        public var bufferCapacity: Int
        public var bufferPeak: Int
        public var recentBufferPeak: Int = 0
        public var recordingThreads: Int
        /// How long events waited in their thread's buffer; nanoseconds.
        public var bufferLatency = LatencySummary()
        /// How long the system took for a hand-over of up to 32 packets; nanoseconds.
        public var sendLatency = LatencySummary()
        /// From the recording of a packet's first event until the system took the packet; nanoseconds.
        public var endToEndLatency = LatencySummary()
        /// The 99th percentile of the same in the last ten to twenty seconds.
        public var recentEndToEndP99: UInt64 = 0
        /// How long packets were open; nanoseconds.
        public var batchAge = LatencySummary()
        /// Events of a packet.
        public var batchSize = LatencySummary()

        /// Bytes in use; and those that so many threads and metrics may take at most, never fewer than are in use. Neither is
        /// above the limit where there is one.
        public var memoryInUse: Int = 0
        public var memoryLimit: Int?
        public var memoryBudget: Int
        public var metricsKnown: Int = 0
        /// Texts that found a place in the pool, and those that did not.
        public var poolHits: UInt64 = 0
        public var poolMisses: UInt64 = 0

        /// Events that gave way to fullness: refused, evicted, sampled out by the strategy; and rounds in which packets
        /// waited for a full socket.
        public var backpressureEvents: UInt64 = 0
        public var sendStalls: UInt64 = 0
        /// `none`, `closed`, `open` or `half_open`, and how often it opened.
        public var circuitBreaker = "none"
        public var circuitBreakerOpenings: UInt64 = 0
        public var isSamplingActive = false
        /// The share of events that the strategy keeps at this fill.
        public var currentSampleRate = 1.0

        /// Those of a client that has done nothing yet.
        public init(bufferCapacity: Int) {
            (eventsReceived, eventsSampledOut, eventsBuffered, eventsSent, eventsDropped) = (0, 0, 0, 0, 0)
            (batchesSent, packetsSent, bytesSent, sendErrors, connects) = (0, 0, 0, 0, 0)
            (droppedByCause, sendErrorsByName) = ([:], [:])
            self.bufferCapacity = bufferCapacity
            (bufferPeak, recordingThreads, memoryBudget) = (0, 0, 0)
        }
    }

    /// A snapshot of all counters and histograms. Takes locks, allocates: a few times a second is fine.
    public func exportMetrics() -> Metrics {
        let progress = core.progress.withLock { $0 }
        let ledger = core.ledger(with: progress.dropped)
        let counts = core.counts()
        var metrics = Metrics(bufferCapacity: configuration.threadBufferCapacity)
        metrics.eventsReceived = counts.offered
        metrics.eventsSampledOut = counts.sampledOut
        metrics.eventsSent = progress.delivered.total
        metrics.eventsDropped = ledger.lost.counts.total
        // In a child after a fork the worker's books stand where it was at that moment, maybe between two of them.
        let settled = metrics.eventsSent + metrics.eventsDropped
        metrics.eventsBuffered =
            core.isForked ? counts.offered - min(counts.offered, settled) : counts.waiting + progress.held
        for cause in LossCause.allCases where ledger[cause].counts.total > 0 {
            metrics.droppedByCause[cause.name] = ledger[cause].counts.total
        }
        metrics.batchesSent = progress.batches
        metrics.packetsSent = progress.packets
        metrics.bytesSent = progress.bytes
        metrics.largePacketsSent = progress.large.packets
        metrics.largePacketBytes = progress.large.byteCount
        metrics.copiesSent = progress.copies.sent
        metrics.copiesSkipped = progress.copies.skipped
        metrics.record(repairOf: progress)
        metrics.record(errorsOf: progress)
        metrics.bufferPeak = progress.peak
        metrics.recordingThreads = counts.rings
        metrics.poolHits = counts.textsTaken
        metrics.poolMisses = ledger[.textPoolFull].counts.total
        metrics.record(pressureOf: progress, ledger)
        metrics.metricsKnown = counts.metrics
        metrics.memoryLimit = configuration.memoryLimit
        metrics.memoryInUse = configuration.memoryInUse(threads: counts.rings, catalogs: counts.catalogBytes)
        // Names may be longer than the budget's.
        metrics.memoryBudget = max(
            metrics.memoryInUse, configuration.memoryBudget(threads: counts.rings, metrics: counts.metrics))
        core.histograms.withLock { metrics.record($0) }
        return metrics
    }
}

extension StatsClient.Metrics {
    fileprivate mutating func record(repairOf progress: LiveProgress) {
        packetsSentAgain = progress.repair.packets
        bytesSentAgain = progress.repair.byteCount
        acknowledgements = progress.repair.acknowledgements
        foreignAnswers = progress.foreignAnswers
        acknowledgementTimeouts = progress.repair.timeouts
        packetsUnanswerable = progress.repair.unanswerable
        packetsUnconfirmed = progress.repair.unconfirmed
        packetsExhausted = progress.repair.exhausted
        packetsDelayed = progress.repair.delayed
    }

    fileprivate mutating func record(errorsOf progress: LiveProgress) {
        sendErrors = progress.failures.wrappedSum()
        packetsReturned = progress.returned
        connects = progress.connects
        for failure in SendFailure.allCases where progress.failures[Int(failure.rawValue)] > 0 {
            sendErrorsByName[failure.name] = progress.failures[Int(failure.rawValue)]
        }
    }

    fileprivate mutating func record(_ histograms: borrowing LiveHistograms) {
        bufferLatency = LatencySummary(histograms.buffer)
        sendLatency = LatencySummary(histograms.send)
        endToEndLatency = LatencySummary(histograms.endToEnd)
        batchAge = LatencySummary(histograms.batchAge)
        batchSize = LatencySummary(histograms.batchSize)
        recentBufferPeak = histograms.recentPeak
        recentEndToEndP99 = histograms.recentP99
    }

    fileprivate mutating func record(pressureOf progress: LiveProgress, _ ledger: Ledger) {
        let causes: [LossCause] = [.bufferFull, .textPoolFull, .evictedOldest, .evictedForPriority, .lowPriority, .sampledOut]
        backpressureEvents = causes.reduce(0) { $0 + ledger[$1].counts.total }
        sendStalls = progress.stalls
        circuitBreakerOpenings = progress.breakerOpenings
        switch progress.breaker {
        case nil: circuitBreaker = "none"
        case .closed: circuitBreaker = "closed"
        case .open: circuitBreaker = "open"
        case .halfOpen: circuitBreaker = "half_open"
        }
        currentSampleRate = progress.sampleRate
        isSamplingActive = progress.sampleRate < 1
    }
}
