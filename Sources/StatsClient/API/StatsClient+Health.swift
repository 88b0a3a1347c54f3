import StatsBuffers
public import StatsModel
import StatsPipeline
import StatsWire
import Synchronization
import SystemIO

extension StatsClient {
    /// Where every event went that the system has not taken: by cause and type, with contents.
    public var ledger: Ledger { core.ledger() }

    /// Events in packets that the system took, by type.
    public var sent: TypeCounts { core.progress.withLock { $0.delivered } }

    var report: DeliveryReport {
        let unconfirmed = core.progress.withLock { $0.repair.unconfirmed }
        return DeliveryReport(sent: sent, ledger: ledger, unconfirmed: unconfirmed)
    }

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
        /// Of the packets sent, those with critical events that the receiver never acknowledged: whether they arrived
        /// nobody knows. All of them where it does not answer at all.
        public let packetsUnconfirmed: UInt64

        public var lost: UInt64 { losses.reduce(0) { $0 + $1.count } }

        init(sent: TypeCounts, ledger: Ledger, unconfirmed: UInt64 = 0) {
            self.sent = sent.total
            packetsUnconfirmed = unconfirmed
            var losses: [Loss] = []
            for cause in LossCause.allCases {
                for type in MetricType.allCases where ledger[cause].counts[type] > 0 {
                    losses.append(Loss(cause: cause.name, type: type.name, count: ledger[cause].counts[type]))
                }
            }
            self.losses = losses
        }
    }
}

extension StatsClient.DeliveryReport: CustomStringConvertible {
    /// `1004 sent, nothing lost`; `998 sent, 6 lost: 5 counter to send_failed, 1 gauge to buffer_full; 2 packets unconfirmed`.
    public var description: String {
        let parts = losses.map { "\($0.count) \($0.type) to \($0.cause)" }.joined(separator: ", ")
        let rest = packetsUnconfirmed == 0 ? "" : "; \(packetsUnconfirmed) packet\(packetsUnconfirmed == 1 ? "" : "s") unconfirmed"
        return "\(sent) sent, " + (losses.isEmpty ? "nothing lost" : "\(lost) lost: \(parts)") + rest
    }
}

extension LiveCore {
    func refuseText(_ cause: LossCause, _ type: MetricType, _ strings: LiveStrings) -> PushResult {
        let content = strings.content(type, value: 0, rate: 1, timestamp: SystemClock.wallNanoseconds)
        let cause = isForked ? .clientForked : cause
        refusals.withLock { $0.recordLoss(cause, type, content: content) }
        return .refused(cause)
    }

    /// What the recorders' side counts, all together.
    struct Counts {
        /// Everything that reached a ring or the texts, or was refused in front of them.
        var offered: UInt64 = 0
        /// In rings and texts.
        var waiting: UInt64 = 0
        var sampledOut: UInt64 = 0
        var textsTaken: UInt64 = 0
        var rings = 0
        var metrics = 0
        var catalogBytes = 0
    }

    func counts() -> Counts {
        var counts = Counts()
        rings.withLock { rings in
            counts.rings = rings.count
            for ring in rings {
                let popped = ThreadRing.popped(at: ring.address)
                let pushed = ThreadRing.pushed(at: ring.address)
                counts.offered += pushed &+ ThreadRing.refused(at: ring.address).counts.total
                counts.waiting += pushed &- popped
                counts.sampledOut += ThreadRing.word(ThreadRing.sampledOutOffset, at: ring.address)
            }
        }
        counts.waiting += texts.withLock { UInt64($0.entries.count) }
        counts.textsTaken = textCount.load(ordering: .relaxed)
        counts.offered += counts.textsTaken + aggregatedCount.load(ordering: .relaxed)
        counts.offered += refusals.withLock { $0.lost.counts.total }
        registry.withLock { registry in
            counts.metrics = registry.metricCount
            counts.catalogBytes = catalogBytes(of: registry)
        }
        return counts
    }

    /// Events refused in front of the worker, by type: by full rings and texts, and by name. O(rings).
    func refusedCounts() -> TypeCounts {
        var counts = refusals.withLock { $0.lost.counts }
        rings.withLock { rings in
            for ring in rings { counts += ThreadRing.refused(at: ring.address).counts }
        }
        return counts
    }

    /// All losses: of the rings, of the worker, and of those that came too late.
    func ledger() -> Ledger { ledger(with: progress.withLock { $0.dropped }) }

    /// The same with what the worker has lost as one reading of ``progress`` told it.
    func ledger(with dropped: Ledger) -> Ledger {
        let isFinished = control.withLock { control in
            switch control.phase {
            case .running, .closing: false
            case .finished: true
            }
        }
        // In a child after a fork they are the parent's, which counts them.
        if isFinished, !isForked {
            buryLatecomers()
            buryAggregates()
        }
        var ledger = dropped
        // Added up while the lock is held: whoever keeps a copy of the ledger makes the next recorder pay for its own.
        refusals.withLock { ledger.addLosses(of: $0) }
        latecomers.withLock { ledger.addLosses(of: $0) }
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
                    latecomers.withLock { $0.recordLoss(.clientClosed, type, content: content) }
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
                latecomers.withLock { $0.recordLoss(.clientClosed, event.type, content: content) }
            }
            texts.removeAll()
        }
    }
}
