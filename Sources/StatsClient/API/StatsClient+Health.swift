import StatsBuffers
public import StatsModel
import StatsPipeline
import StatsWire
import Synchronization
import SystemIO

extension StatsClient {
    /// The accounting of all events that the system has not taken: by cause and type, with contents.
    public var ledger: Ledger { core.ledger() }

    /// Events in packets that the system took, by type.
    public var sent: TypeCounts { core.progress.withLock { $0.delivered } }

    var report: DeliveryReport {
        let unconfirmed = core.progress.withLock { $0.repair.unconfirmed }
        return DeliveryReport(sent: sent, ledger: ledger, unconfirmed: unconfirmed)
    }

    /// The final report on all recorded events.
    public struct DeliveryReport: Codable, Sendable, Equatable {
        /// The events of one type that were lost for one cause.
        public struct Loss: Codable, Sendable, Equatable {
            /// Why the events were lost.
            public let cause: LossCause
            /// The type of the events.
            public let type: MetricType
            /// The number of events.
            public let count: UInt64

            /// A loss from its parts.
            public init(cause: LossCause, type: MetricType, count: UInt64) {
                self.cause = cause
                self.type = type
                self.count = count
            }
        }

        /// Events in packets that the system took.
        public let sent: UInt64
        /// Events that were not sent, in the order of causes and types. Empty if there is no loss.
        public let losses: [Loss]
        /// Sent packets with critical events whose receipt was never acknowledged. It is unknown whether they arrived. If the
        /// receiver does not answer at all, these are all packets with critical events.
        public let packetsUnconfirmed: UInt64

        /// All lost events together.
        public var lost: UInt64 { losses.reduce(0) { $0 + $1.count } }

        init(sent: TypeCounts, ledger: Ledger, unconfirmed: UInt64 = 0) {
            self.sent = sent.total
            packetsUnconfirmed = unconfirmed
            var losses: [Loss] = []
            for cause in LossCause.allCases {
                for type in MetricType.allCases where ledger[cause].counts[type] > 0 {
                    losses.append(Loss(cause: cause, type: type, count: ledger[cause].counts[type]))
                }
            }
            self.losses = losses
        }
    }
}

extension StatsClient.DeliveryReport: CustomStringConvertible {
    /// The report as a sentence: `1004 sent, nothing lost`, or
    /// `998 sent, 6 lost: 5 counter to send_failed, 1 gauge to buffer_full; 2 packets unconfirmed`.
    public var description: String {
        let parts = losses.map { "\($0.count) \($0.type.name) to \($0.cause.name)" }.joined(separator: ", ")
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

    /// Counts on the recording threads' side, over all of them.
    struct Counts {
        /// Events that reached a ring or the texts, or that were refused before.
        var offered: UInt64 = 0
        /// Events that wait in rings and texts.
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

    /// Events refused before they reached the worker, by type: because rings or texts were full, and in calls by name. O(rings).
    func refusedCounts() -> TypeCounts {
        var counts = refusals.withLock { $0.lost.counts }
        rings.withLock { rings in
            for ring in rings { counts += ThreadRing.refused(at: ring.address).counts }
        }
        return counts
    }

    /// All losses: those of the rings, those of the worker, and those of events that came too late.
    func ledger() -> Ledger { ledger(with: progress.withLock { $0.dropped }) }

    /// The same, with the worker's losses as one reading of ``progress`` showed them.
    func ledger(with dropped: Ledger) -> Ledger {
        let isFinished = control.withLock { control in
            switch control.phase {
            case .running, .closing: false
            case .finished: true
            }
        }
        // In a child after a fork these events belong to the parent, which counts them.
        if isFinished, !isForked {
            recordLostLateEvents()
            recordLostAggregates()
        }
        var ledger = dropped
        // The sum is computed while the lock is held. A copy of the ledger outside the lock would force the next recorder to copy
        // it.
        refusals.withLock { ledger.addLosses(of: $0) }
        lateEvents.withLock { ledger.addLosses(of: $0) }
        rings.withLock { rings in
            for ring in rings { ledger[.bufferFull] += ThreadRing.refused(at: ring.address) }
        }
        return ledger
    }

    /// Counts the events that threads stored after the worker's last look. Such a thread saw an open client and was then
    /// suspended. The worker has ended, so the holder of the rings' lock is the consumer.
    private func recordLostLateEvents() {
        rings.withLock { rings in
            for ring in rings {
                let end = ThreadRing.pushed(at: ring.address)
                _ = ThreadRing.drain(ring.address, mask: ringMask, upTo: end, limit: .max) { event in
                    let (type, key) = registry.withLock { ($0.type(of: event.metric), $0.keyHash(of: event.metric)) }
                    let handle = LiveHandle(type: type, metric: event.metric, keyHash: key, rate: event.rate)
                    let content = handle.content(value: event.value, timestamp: event.timestamp, flags: event.flags)
                    lateEvents.withLock { $0.recordLoss(.clientClosed, type, content: content) }
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
                lateEvents.withLock { $0.recordLoss(.clientClosed, event.type, content: content) }
            }
            texts.removeAll()
        }
    }
}
