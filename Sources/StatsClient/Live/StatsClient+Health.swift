public import StatsModel
import StatsWire
import Synchronization
import SystemIO

extension StatsClient {
    /// Where every event went that the system has not taken: by cause and type, with contents.
    public var ledger: Ledger { core.ledger() }

    /// Events in packets that the system took, by type.
    public var sent: TypeCounts { core.progress.withLock { $0.delivered } }

    var report: DeliveryReport { DeliveryReport(sent: sent, ledger: ledger) }

    /// What became of everything recorded, at the end.
    public struct DeliveryReport: Codable, Sendable, Equatable {
        public struct Loss: Codable, Sendable, Equatable {
            public let cause: String
            public let type: String
            public let count: UInt64

            public init(cause: String, type: String, count: UInt64) {
                self.cause = cause
                self.type = type
                self.count = count
            }
        }

        /// Events the system took.
        public let sent: UInt64
        /// What was not delivered, in the order of causes and types; empty where everything was.
        public let losses: [Loss]

        public var lost: UInt64 { losses.reduce(0) { $0 + $1.count } }

        init(sent: TypeCounts, ledger: Ledger) {
            self.sent = sent.total
            var losses: [Loss] = []
            for cause in LossCause.allCases {
                for type in MetricType.allCases where ledger[cause].counts[type] > 0 {
                    losses.append(Loss(cause: cause.name, type: type.name, count: ledger[cause].counts[type]))
                }
            }
            self.losses = losses
        }
    }

    /// Everything this client counts of itself.
    public struct Metrics: Codable, Sendable, Equatable {
        /// Offered, less what sampling left out: buffered + sent + dropped, and what the worker holds.
        public var eventsReceived: UInt64
        public var eventsSampledOut: UInt64
        /// Waiting in the threads' rings.
        public var eventsBuffered: UInt64
        public var eventsSent: UInt64
        public var eventsDropped: UInt64
        public var droppedByCause: [String: UInt64]
        public var batchesSent: UInt64
        public var packetsSent: UInt64
        public var bytesSent: UInt64
        public var sendErrors: UInt64
        public var sendErrorsByName: [String: UInt64]
        public var connects: UInt64
        /// Slots of one thread's ring, and the most that ever waited in one.
        public var bufferCapacity: Int
        public var bufferPeak: Int
        public var recordingThreads: Int
        public var memoryBudget: Int

        /// Those of a client that has done nothing yet.
        public init(bufferCapacity: Int) {
            (eventsReceived, eventsSampledOut, eventsBuffered, eventsSent, eventsDropped) = (0, 0, 0, 0, 0)
            (batchesSent, packetsSent, bytesSent, sendErrors, connects) = (0, 0, 0, 0, 0)
            (droppedByCause, sendErrorsByName) = ([:], [:])
            self.bufferCapacity = bufferCapacity
            (bufferPeak, recordingThreads, memoryBudget) = (0, 0, 0)
        }
    }

    /// A verdict with what to do about it.
    public struct Health: Codable, Sendable, Equatable {
        public let isHealthy: Bool
        /// Shares of 0 to 1; 0 where there was no traffic.
        public let dropRate: Double
        public let bufferUtilization: Double
        public let sendErrorRate: Double
        /// Sentences such as "drop rate 2.1 %: increase the buffer or sample".
        public let advice: [String]
    }

    /// A snapshot of all counters. Takes locks, allocates: a few times a second is fine.
    public func exportMetrics() -> Metrics {
        let progress = core.progress.withLock { $0 }
        let (rings, waiting, sampledOut, pushed) = core.ringCounts()
        let ledger = core.ledger()
        var causes: [String: UInt64] = [:]
        for cause in LossCause.allCases where ledger[cause].counts.total > 0 {
            causes[cause.name] = ledger[cause].counts.total
        }
        var failures: [String: UInt64] = [:]
        for failure in SendFailure.allCases where progress.failures[Int(failure.rawValue)] > 0 {
            failures[failure.name] = progress.failures[Int(failure.rawValue)]
        }
        let refused = core.refusals.withLock { $0.lost.counts.total }
        var metrics = Metrics(bufferCapacity: configuration.threadBufferCapacity)
        metrics.eventsReceived = pushed + ledger[.bufferFull].counts.total + refused
        metrics.eventsSampledOut = sampledOut
        metrics.eventsBuffered = waiting
        metrics.eventsSent = progress.delivered.total
        metrics.eventsDropped = ledger.lost.counts.total
        metrics.droppedByCause = causes
        metrics.batchesSent = progress.batches
        metrics.packetsSent = progress.packets
        metrics.bytesSent = progress.bytes
        metrics.sendErrors = progress.failures.wrappedSum()
        metrics.sendErrorsByName = failures
        metrics.connects = progress.connects
        metrics.bufferPeak = progress.peak
        metrics.recordingThreads = rings
        metrics.memoryBudget = configuration.memoryBudget(threads: rings)
        return metrics
    }

    /// The guide's thresholds held against the counters: drops over 1 %, a buffer over 80 % full, send errors over
    /// 5 %. No traffic is healthy.
    public func health() -> Health { Health(exportMetrics()) }
}

extension StatsClient.Health {
    public init(_ metrics: StatsClient.Metrics) {
        func share(_ part: UInt64, of whole: UInt64) -> Double { whole == 0 ? 0 : Double(part) / Double(whole) }
        func percent(_ share: Double) -> String {
            let tenths = Int((share * 1000).rounded())
            return "\(tenths / 10).\(tenths % 10) %"
        }
        dropRate = share(metrics.eventsDropped, of: metrics.eventsReceived)
        bufferUtilization = share(UInt64(metrics.bufferPeak), of: UInt64(metrics.bufferCapacity))
        sendErrorRate = share(metrics.sendErrors, of: metrics.sendErrors + metrics.packetsSent)
        var advice: [String] = []
        if dropRate > 0.01 { advice.append("drop rate \(percent(dropRate)): increase the buffer or sample") }
        if bufferUtilization > 0.8 {
            advice.append("buffer utilization \(percent(bufferUtilization)): increase the batch size or send more often")
        }
        if sendErrorRate > 0.05 {
            advice.append("send errors \(percent(sendErrorRate)): check the network and the destination")
        }
        self.advice = advice
        isHealthy = advice.isEmpty
    }
}

extension LiveCore {
    func refuseText(_ cause: LossCause, _ type: MetricType, _ strings: LiveStrings) -> PushResult {
        let content = strings.content(type, value: 0, rate: 1, timestamp: SystemClock.wallNanoseconds)
        refusals.withLock { $0.recordLoss(cause, type, content: content) }
        return .refused(cause)
    }

    func ringCounts() -> (rings: Int, waiting: UInt64, sampledOut: UInt64, pushed: UInt64) {
        rings.withLock { rings in
            var counts = (rings: rings.count, waiting: 0 as UInt64, sampledOut: 0 as UInt64, pushed: 0 as UInt64)
            for ring in rings {
                let popped = ThreadRing.popped(at: ring.address)
                let pushed = ThreadRing.pushed(at: ring.address)
                counts.pushed += pushed
                counts.waiting += pushed &- popped
                counts.sampledOut += ThreadRing.word(ThreadRing.sampledOutOffset, at: ring.address)
            }
            return counts
        }
    }

    /// All losses: of the rings, of the worker, and of those that came too late.
    func ledger() -> Ledger {
        let isFinished = control.withLock { control in
            switch control.phase {
            case .running, .closing: false
            case .finished: true
            }
        }
        if isFinished { buryLatecomers() }
        var ledger = progress.withLock { $0.dropped }
        let refused = refusals.withLock { $0 }
        for cause in LossCause.allCases { ledger[cause] += refused[cause] }
        rings.withLock { rings in
            for ring in rings { ledger[.bufferFull] += ThreadRing.refused(at: ring.address) }
        }
        return ledger
    }

    /// Events that a thread stored after the worker had looked for the last time: it saw an open client, then was kept
    /// from running. The worker is gone, so whoever holds the rings' lock is the consumer.
    private func buryLatecomers() {
        rings.withLock { rings in
            for ring in rings {
                let end = ThreadRing.pushed(at: ring.address)
                _ = ThreadRing.drain(ring.address, mask: ringMask, upTo: end, limit: .max) { event in
                    let (type, key) = registry.withLock { ($0.type(of: event.metric), $0.keyHash(of: event.metric)) }
                    let handle = LiveHandle(type: type, metric: event.metric, keyHash: key, rate: event.rate)
                    let content = handle.content(value: event.value, timestamp: event.timestamp, flags: event.flags)
                    refusals.withLock { $0.recordLoss(.clientClosed, type, content: content) }
                }
            }
        }
        texts.withLock { texts in
            for entry in texts.entries {
                let event = entry.event
                let key = EventContent.key(
                    event.type, texts.bytes.span, name: event.name, tags: event.tags, extra: event.extra)
                let content = EventContent.hash(
                    event.type, metricKey: key, value: event.value, rate: event.rate, timestamp: entry.timestamp,
                    flags: event.flags, bytes: texts.bytes.span, name: event.name, tags: event.tags,
                    extra: event.extra, text: event.text)
                refusals.withLock { $0.recordLoss(.clientClosed, event.type, content: content) }
            }
            texts.removeAll()
        }
    }
}
