public import StatsModel
import StatsPipeline
import Synchronization
import SystemIO

extension StatsClient {
    /// The circuit breaker's treatment of packets. The raw value is the name in JSON and in Prometheus' format.
    public enum BreakerState: String, Codable, CaseIterable, Sendable {
        /// The client has no circuit breaker.
        case none
        /// Packets go out.
        case closed
        /// A few packets go out as probes.
        case halfOpen = "half_open"
        /// The destination failed. No packets go out for a while.
        case open
    }

    /// Why the system did not take a packet. The raw value is the name in JSON and in Prometheus' format.
    public enum SendError: String, Codable, CodingKeyRepresentable, CaseIterable, Sendable {
        /// The socket's buffer was full for longer than packets may wait.
        case wouldBlock = "would_block"
        /// Nobody listens at the destination.
        case refused
        /// The system had no memory for longer than packets may wait.
        case noBuffers = "no_buffers"
        /// The packet is longer than the socket can send.
        case messageTooLong = "message_too_long"
        /// There is no route to the destination, or the network is down.
        case unreachable
        /// Any other error.
        case other
    }

    /// The client's metrics about itself: the guide's internal metrics, and the named losses.
    ///
    /// Always eventsReceived = eventsBuffered + eventsSent + eventsDropped, except for events that move between these counts
    /// while they are read. Once the client is closed, the equation is exact. Losses are read first, so that eventsReceived is
    /// never less than eventsSent + eventsDropped.
    public struct Metrics: Codable, Sendable, Equatable {
        /// Events that were offered, without those that handles' sample rates left out.
        public var eventsReceived: UInt64
        /// Events that handles' sample rates left out.
        public var eventsSampledOut: UInt64
        /// Events that wait: in the threads' buffers, in the worker's buffer, and in packets that were not taken yet.
        public var eventsBuffered: UInt64
        /// Events in packets that the system took.
        public var eventsSent: UInt64
        /// Events that were lost, for any cause.
        public var eventsDropped: UInt64
        /// The same by cause, without causes that did not occur.
        public var droppedByCause: [LossCause: UInt64]
        /// Data packets that the system took.
        public var batchesSent: UInt64
        /// Packets of all kinds that the system took.
        public var packetsSent: UInt64
        /// Bytes of UDP payload that the system took.
        public var bytesSent: UInt64
        /// Data packets with a single event that is longer than a normal packet (``ClientConfiguration/largeEventLimit``).
        /// Retransmissions do not count.
        public var largePacketsSent: UInt64 = 0
        /// Bytes of these packets.
        public var largePacketBytes: UInt64 = 0
        /// Second copies among the packets.
        public var copiesSent: UInt64 = 0
        /// Second copies that were skipped because too many waited.
        public var copiesSkipped: UInt64 = 0
        /// Packets that were retransmitted, because the receiver requested them or their acknowledgement timed out.
        public var packetsRetransmitted: UInt64 = 0
        /// Bytes of these packets.
        public var bytesRetransmitted: UInt64 = 0
        /// Acknowledgements from the receiver.
        public var acknowledgements: UInt64 = 0
        /// Datagrams that arrived and were no valid acknowledgements.
        public var invalidAnswers: UInt64 = 0
        /// Times at which no acknowledgement arrived in time.
        public var acknowledgementTimeouts: UInt64 = 0
        /// Requested packets that were no longer in the history.
        public var packetsUnanswerable: UInt64 = 0
        /// Packets with critical events that left the history without an acknowledgement.
        public var packetsUnconfirmed: UInt64 = 0
        /// Requested packets that had already been retransmitted as often as allowed (``ReliabilityConfiguration``).
        public var packetsExhausted: UInt64 = 0
        /// Requested packets that had to wait because of the limit of retransmitted bytes per second.
        public var packetsDelayed: UInt64 = 0
        /// Packets that the system did not take, and packets that came back.
        public var sendErrors: UInt64
        /// Send errors by their kind, without kinds that did not occur. In JSON the keys are the kinds' names.
        public var sendErrorsByName: [SendError: UInt64]
        /// Packets that came back (ICMP port unreachable). ``packetsSent`` counts them as well.
        public var packetsReturned: UInt64 = 0
        /// Sockets that were connected.
        public var connects: UInt64

        /// The number of slots of one thread's buffer.
        public var bufferCapacity: Int
        /// The largest number of events that ever waited in one thread's buffer.
        public var bufferPeak: Int
        /// The same in the last ten to twenty seconds.
        public var recentBufferPeak: Int = 0
        /// Threads that have recorded.
        public var recordingThreads: Int
        /// The time that events waited in their thread's buffer.
        public var bufferLatency = LatencySummary()
        /// The duration of one system call with up to 32 packets.
        public var sendLatency = LatencySummary()
        /// The time from recording a packet's first event until the system took the packet.
        public var endToEndLatency = LatencySummary()
        /// The 99th percentile of ``endToEndLatency`` in the last ten to twenty seconds.
        public var recentEndToEndP99 = Duration.zero
        /// The time that packets were open.
        public var batchAge = LatencySummary()
        /// The number of events in a packet.
        public var batchSize = DistributionSummary()

        /// Bytes in use. At most ``memoryLimit`` if there is one.
        public var memoryInUse: Int = 0
        /// The limit of the client's memory. nil if there is none.
        public var memoryLimit: Int?
        /// The most bytes that the present threads and metrics may take. Never less than ``memoryInUse``, and at most
        /// ``memoryLimit``.
        public var memoryBudget: Int
        /// The number of metrics.
        public var metricsKnown: Int = 0
        /// Texts for which the pool had room.
        public var poolHits: UInt64 = 0
        /// Texts for which the pool had no room.
        public var poolMisses: UInt64 = 0

        /// Events that were lost because a buffer was full: refused, evicted, or sampled out by the strategy.
        public var backpressureEvents: UInt64 = 0
        /// Rounds in which packets waited for a full socket.
        public var sendStalls: UInt64 = 0
        /// The state of the circuit breaker.
        public var circuitBreaker = BreakerState.none
        /// How often the circuit breaker opened.
        public var circuitBreakerOpenings: UInt64 = 0
        /// Whether the strategy leaves out events at the present fill level.
        public var isSamplingActive = false
        /// The share of events that the strategy keeps at the present fill level.
        public var currentSampleRate = 1.0

        /// The metrics of a client that has done nothing yet.
        public init(bufferCapacity: Int) {
            (eventsReceived, eventsSampledOut, eventsBuffered, eventsSent, eventsDropped) = (0, 0, 0, 0, 0)
            (batchesSent, packetsSent, bytesSent, sendErrors, connects) = (0, 0, 0, 0, 0)
            (droppedByCause, sendErrorsByName) = ([:], [:])
            self.bufferCapacity = bufferCapacity
            (bufferPeak, recordingThreads, memoryBudget) = (0, 0, 0)
        }
    }

    /// A snapshot of all counters and histograms. It takes locks and allocates, which is fine a few times a second.
    public func exportMetrics() -> Metrics {
        let progress = core.progress.withLock { $0 }
        let ledger = core.ledger(with: progress.dropped)
        let counts = core.counts()
        var metrics = Metrics(bufferCapacity: configuration.threadBufferCapacity)
        metrics.eventsReceived = counts.offered
        metrics.eventsSampledOut = counts.sampledOut
        metrics.eventsSent = progress.delivered.total
        metrics.eventsDropped = ledger.lost.counts.total
        // In a child after a fork the worker's counts are those at the fork, possibly between two updates.
        let settled = metrics.eventsSent + metrics.eventsDropped
        metrics.eventsBuffered =
            core.isForked ? counts.offered - min(counts.offered, settled) : counts.waiting + progress.held
        for cause in LossCause.allCases where ledger[cause].counts.total > 0 {
            metrics.droppedByCause[cause] = ledger[cause].counts.total
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
        // Names may be longer than the budget assumes.
        metrics.memoryBudget = max(
            metrics.memoryInUse, configuration.memoryBudget(threads: counts.rings, metrics: counts.metrics))
        core.histograms.withLock { metrics.record($0) }
        return metrics
    }
}

extension StatsClient.Metrics {
    fileprivate mutating func record(repairOf progress: LiveProgress) {
        packetsRetransmitted = progress.repair.packets
        bytesRetransmitted = progress.repair.byteCount
        acknowledgements = progress.repair.acknowledgements
        invalidAnswers = progress.invalidAnswers
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
            sendErrorsByName[StatsClient.SendError(failure)] = progress.failures[Int(failure.rawValue)]
        }
    }

    fileprivate mutating func record(_ histograms: borrowing LiveHistograms) {
        bufferLatency = LatencySummary(histograms.buffer)
        sendLatency = LatencySummary(histograms.send)
        endToEndLatency = LatencySummary(histograms.endToEnd)
        batchAge = LatencySummary(histograms.batchAge)
        batchSize = DistributionSummary(histograms.batchSize)
        recentBufferPeak = histograms.recentPeak
        recentEndToEndP99 = Duration(wholeNanoseconds: histograms.recentP99)
    }

    fileprivate mutating func record(pressureOf progress: LiveProgress, _ ledger: Ledger) {
        let causes: [LossCause] = [.bufferFull, .textPoolFull, .evictedOldest, .evictedForPriority, .lowPriority, .sampledOut]
        backpressureEvents = causes.reduce(0) { $0 + ledger[$1].counts.total }
        sendStalls = progress.stalls
        circuitBreakerOpenings = progress.breakerOpenings
        switch progress.breaker {
        case nil: circuitBreaker = .none
        case .closed: circuitBreaker = .closed
        case .open: circuitBreaker = .open
        case .halfOpen: circuitBreaker = .halfOpen
        }
        currentSampleRate = progress.sampleRate
        isSamplingActive = progress.sampleRate < 1
    }
}

extension StatsClient.SendError {
    fileprivate init(_ failure: SendFailure) {
        switch failure {
        case .wouldBlock: self = .wouldBlock
        case .refused: self = .refused
        case .noBuffers: self = .noBuffers
        case .messageTooLong: self = .messageTooLong
        case .unreachable: self = .unreachable
        case .other: self = .other
        }
    }
}
