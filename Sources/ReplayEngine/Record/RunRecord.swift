package import NetworkEmulator
package import PacketCapture
package import StatsModel
package import StatsPipeline
package import StatsReceiver
package import SystemIO

/// What one run did, in logical facts only: equal scenarios over equal captures give equal records.
package struct RunRecord: Sendable {
    package var capture: CaptureIdentity
    package var scenario: Scenario
    package var source = SourceFacts()
    /// Where every event went.
    package var ledger = Ledger()
    /// What each rule of the network took, in the order of the rules; rules that took nothing are left out.
    package var ruleLosses: [RuleLoss] = []
    package var restarts = RestartFacts()
    package var packets = PacketCounts()
    /// Sequence numbers of data packets of which no intact copy arrived, against the receiver's gaps.
    package var gaps = DetectorScore()
    package var gapRanges = RangeDigest()
    package var firstMissedGaps: [ClosedRange<UInt64>] = []
    package var firstFalseGaps: [ClosedRange<UInt64>] = []
    /// Corrupted copies of data packets that arrived, against the receiver's checksum failures.
    package var checksums = DetectorScore()
    /// Second intact copies that arrived, against the receiver's duplicates.
    package var duplicates = DetectorScore()
    /// Heartbeats and closing packets.
    package var control = PacketCounts()
    /// What of the packets above was sent again, and the way back.
    package var repair = RepairFacts()
    package var parity = ParityFacts()
    /// What each mitigation cost.
    package var costs = MitigationCosts()
    package var client = ClientFacts()
    /// The receiver's books of the first session it knows; nil when nothing arrived.
    package var session: SessionSummary?
    /// Every metric, sorted by type and label.
    package var metrics: MetricOutcomes = []
    /// Records in packets whose checksum held but which did not decode: a fault of the codec.
    package var undecodableRecords: UInt64 = 0
    /// How often something was broken on purpose (``Sabotage``).
    package var sabotageDeeds: UInt64 = 0
    /// Metrics whose values do not balance, in a sentence each, the first ones; only looked for where the client
    /// aggregates.
    package var valueFaults: [String] = []
    /// What running totals told, and where they restored what was not lost, in a sentence each, the first ones.
    package var statements = StatementFacts()
    package var restatedFaults: [String] = []
    /// What the network did to packets, and what the way back did to answers.
    package var networkEffects = FaultEffects(rules: 0)
    package var wayBackEffects = FaultEffects(rules: 0)
    /// Why reading the capture ended early, if it did; everything before that point was replayed.
    package var sourceError: CaptureError?

    package init(capture: CaptureIdentity, scenario: Scenario) {
        self.capture = capture
        self.scenario = scenario
    }

    /// Duplicates about which somebody has to decide before the run can be verified.
    package var undecidedDuplicates: UInt64 { scenario.reading.duplicates == .ask ? source.unprovenDuplicates : 0 }
}

/// Which bytes were replayed.
package struct CaptureIdentity: Sendable, Equatable {
    /// The file's name without its folder.
    package var name: String
    /// The path as it was given.
    package var path: String
    package var byteCount: UInt64
    /// CRC-32 (IEEE 802.3) of the whole file.
    package var crc32: UInt32
    /// What came, where the path is a pipe, which gives it only once; nil for a file.
    package var spool: SpooledInput?

    package init(name: String, path: String, byteCount: UInt64, crc32: UInt32) {
        self.name = name
        self.path = path
        self.byteCount = byteCount
        self.crc32 = crc32
    }

    /// `crc32:1a2b3c4d, 12345 bytes`: what stands in golden files.
    package var digest: String {
        let hex = String(crc32, radix: 16)
        return "crc32:\(String(repeating: "0", count: 8 - hex.count))\(hex), \(byteCount) bytes"
    }
}

/// What the capture gave the client to do.
package struct SourceFacts: Sendable, Equatable {
    package var datagrams: UInt64 = 0
    /// Lines and records that are no events, by reason's name.
    package var malformed: UInt64 = 0
    /// Sequenced packets in the capture whose checksum failed, and those seen before: neither is offered again.
    package var checksumFailures: UInt64 = 0
    package var duplicatePackets: UInt64 = 0
    /// Sequenced packets in the capture whose number is incredible: the receiver refused them, so they are not offered.
    package var outOfRangePackets: UInt64 = 0
    /// Packets of datagrams that the capture shows more than once and that were left out, where a file was read; and datagrams
    /// offered that may be such, and nothing proves it.
    package var mergedPackets: UInt64 = 0
    package var unprovenDuplicates: UInt64 = 0
    /// Datagrams left out because no receiver accepts their checksums.
    package var wrongChecksums: UInt64 = 0
    /// Nanoseconds since 1970 of the first datagram: the run's epoch.
    package var epoch: Int64 = 0
    /// What of the text depended on its senders' dialect.
    package var dialect = DialectFacts()
    /// No datagram of the capture states a time: they were replayed in order, evenly spaced.
    package var isUntimed = false
    /// What a capture without wanted datagrams holds instead, and what to do, in a sentence; nil for any other.
    package var emptiness: String?
    /// Why the packets or the clock of the capture make no fixture of it, what to do included; not of an empty one.
    package var problems: [String] = []

    package init() {}
}

/// Packets of one kind. sent = delivered + dropped + corrupted + refused.
package struct PacketCounts: Sendable, Equatable {
    /// Packets the client sent, each counted once whatever copies the network made.
    package var sent: UInt64 = 0
    /// Packets that arrived intact at least once.
    package var delivered: UInt64 = 0
    /// Packets of which the network delivered nothing.
    package var dropped: UInt64 = 0
    /// Packets that arrived with flipped bits only.
    package var corrupted: UInt64 = 0
    /// Packets the receiver refused as out of range.
    package var refused: UInt64 = 0
    /// Packets of which the network made a second copy.
    package var duplicated: UInt64 = 0
    /// Packets that arrived only because they were sent again; part of `delivered`.
    package var repaired: UInt64 = 0
    /// Packets that arrived after a later one.
    package var late: UInt64 = 0
    /// Packets that the receiver worked out from parity before they came, if they ever did; part of `delivered`.
    package var rebuilt: UInt64 = 0

    package init() {}

    package var balances: Bool { sent == delivered + dropped + corrupted + refused }
}

/// What the client says of itself.
package struct ClientFacts: Sendable, Equatable {
    package var bytesSent: UInt64 = 0
    /// The most events that ever waited in the ring.
    package var bufferPeak = 0
    /// When the last packet had left, on the run's clock.
    package var end = Instant.start
    /// Data packets of one event that is longer than a packet; part of ``bytesSent``.
    package var largePackets = LargePacketCounts()
    /// Second copies of data packets, which ``bytesSent`` does not hold.
    package var copies = CopyCounts()
    /// The circuit breaker's changes of state, the first ones of a run, and how many there were.
    package var transitions: [BreakerTransition] = []
    package var transitionCount = 0
    /// The most bytes that the client's memory account ever held; nil where there is no limit.
    package var memoryPeak: Int?

    package init() {}
}

/// One metric on both sides.
package struct MetricOutcome: Sendable, Equatable {
    package var type: MetricType
    /// `name` or `name{tag,tag}`.
    package var label: String
    package var offered: UInt64
    package var delivered: UInt64
    /// Counters: the sum of value/rate. Gauges: the latest level. Timings, histograms, distributions: the sum of
    /// values. Sets: 0.
    package var offeredValue: Double
    package var deliveredValue: Double
    /// Of the events that were not delivered those that running totals told, and what they add up to; of a gauge the levels.
    package var restored: UInt64
    package var restoredValue: Double
    /// The client's configuration declares it critical: none of it may be lost, whatever its type allows.
    package var isCritical: Bool

    /// Of those restored, as many as were really lost.
    package var restoredOfLost: UInt64 { min(restored, offered > delivered ? offered - delivered : 0) }

    package init(
        type: MetricType, label: String, offered: UInt64, delivered: UInt64, offeredValue: Double, deliveredValue: Double,
        restored: UInt64 = 0, restoredValue: Double = 0, isCritical: Bool = false
    ) {
        self.type = type
        self.label = label
        self.offered = offered
        self.delivered = delivered
        self.offeredValue = offeredValue
        self.deliveredValue = deliveredValue
        self.restored = restored
        self.restoredValue = restoredValue
        self.isCritical = isCritical
    }
}
