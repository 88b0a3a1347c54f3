package import NetworkEmulator
package import PacketCapture
package import StatsModel
package import StatsPipeline
package import StatsReceiver
package import SystemIO

/// The record of one run. It holds logical facts only: equal scenarios and captures give equal records.
package struct RunRecord: Sendable {
    package var capture: CaptureIdentity
    package var scenario: Scenario
    package var source = SourceFacts()
    /// The accounting of all events.
    package var ledger = Ledger()
    /// Losses by rule of the network, in the order of the rules. Rules without losses are left out.
    package var ruleLosses: [RuleLoss] = []
    package var restarts = RestartFacts()
    package var packets = PacketCounts()
    /// Data packets without an intact copy at the receiver, compared with the receiver's gaps.
    package var gaps = DetectorScore()
    package var gapRanges = RangeDigest()
    package var firstMissedGaps: [ClosedRange<UInt64>] = []
    package var firstFalseGaps: [ClosedRange<UInt64>] = []
    /// Corrupted copies of data packets that arrived, compared with the receiver's checksum failures.
    package var checksums = DetectorScore()
    /// The same for heartbeats, closing packets and parity packets.
    package var controlChecksums = DetectorScore()
    /// Second intact copies that arrived, compared with the receiver's duplicates.
    package var duplicates = DetectorScore()
    /// Heartbeats and closing packets.
    package var control = PacketCounts()
    /// Retransmissions among the packets above, and the return path.
    package var repair = RepairFacts()
    package var parity = ParityFacts()
    /// The cost of each mitigation.
    package var costs = MitigationCosts()
    package var client = ClientFacts()
    /// The receiver's account of the first session since its last restart. nil if nothing arrived.
    package var session: SessionSummary?
    /// Every metric, sorted by type and label.
    package var metrics: MetricOutcomes = []
    /// Records that did not decode although their packet's checksum is good. This is a fault of the codec.
    package var undecodableRecords: UInt64 = 0
    /// The number of faults that a self-test made on purpose (``Mutation``).
    package var mutationsApplied: UInt64 = 0
    /// The first metrics whose values do not balance. Only checked if the client aggregates and does not sample.
    package var valueFaults: [ValueFault] = []
    /// The counts of running totals, and the first metrics with a wrong recovery.
    package var runningTotals = RunningTotalFacts()
    package var recoveryFaults: [RecoveryFault] = []
    /// Effects of the network on packets, and of the return path on acknowledgements.
    package var networkEffects = FaultEffects(rules: 0)
    package var returnPathEffects = FaultEffects(rules: 0)
    /// The reader's notes about the capture, from the first pass. nil if that pass ended early, or if the datagrams came from
    /// memory.
    package var captureNotes: CaptureNotes?
    /// The error that ended the reading of the capture early, if any. Everything before that point was replayed.
    package var sourceError: CaptureError?

    package init(capture: CaptureIdentity, scenario: Scenario) {
        self.capture = capture
        self.scenario = scenario
    }

    /// Possible duplicates that the user has to decide about before the run can be verified.
    package var undecidedDuplicates: UInt64 { scenario.reading.duplicates == .ask ? source.unprovenDuplicates : 0 }
}

/// The identity of a capture: name, size and checksum of the bytes that were replayed.
package struct CaptureIdentity: Sendable, Equatable {
    /// The file's name without its folder.
    package var name: String
    /// The path as the user gave it.
    package var path: String
    package var byteCount: UInt64
    /// CRC-32 (IEEE 802.3) of the whole file.
    package var crc32: UInt32
    /// The saved data of a pipe, which can be read only once. nil for a file.
    package var spool: SpooledInput?

    package init(name: String, path: String, byteCount: UInt64, crc32: UInt32) {
        self.name = name
        self.path = path
        self.byteCount = byteCount
        self.crc32 = crc32
    }

    /// The identity in golden files: `crc32:1a2b3c4d, 12345 bytes`.
    package var digest: String {
        let hex = String(crc32, radix: 16)
        return "crc32:\(String(repeating: "0", count: 8 - hex.count))\(hex), \(byteCount) bytes"
    }
}

/// Facts about the capture, as the source of the run's events.
package struct SourceFacts: Sendable, Equatable {
    package var datagrams: UInt64 = 0
    /// Lines and records that are no events.
    package var malformed: UInt64 = 0
    /// Sequenced packets in the capture with a wrong checksum, and duplicates. Both are left out.
    package var checksumFailures: UInt64 = 0
    package var duplicatePackets: UInt64 = 0
    /// Sequenced packets in the capture with an incredible number. The receiver would refuse them, so they are not offered.
    package var outOfRangePackets: UInt64 = 0
    /// Packets that were left out because the capture shows their datagram more than once, if a file was read. Then datagrams
    /// that were offered although they may be such duplicates without proof.
    package var mergedPackets: UInt64 = 0
    package var unprovenDuplicates: UInt64 = 0
    /// Datagrams that were left out because of a wrong checksum, which no receiver accepts.
    package var wrongChecksums: UInt64 = 0
    /// Decisions that depended on the senders' dialect.
    package var dialect = DialectFacts()
    /// Whether no datagram of the capture has a time. Then they were replayed in order, evenly spaced.
    package var isUntimed = false

    package init() {}
}

/// Packets of one kind. Always sent = delivered + dropped + corrupted + refused.
package struct PacketCounts: Sendable, Equatable {
    /// Packets that the client sent. Copies made by the network do not count.
    package var sent: UInt64 = 0
    /// Packets that arrived intact at least once.
    package var delivered: UInt64 = 0
    /// Packets of which no copy arrived.
    package var dropped: UInt64 = 0
    /// Packets of which only corrupted copies arrived.
    package var corrupted: UInt64 = 0
    /// Packets that the receiver refused as out of range.
    package var refused: UInt64 = 0
    /// Packets that the network duplicated.
    package var duplicated: UInt64 = 0
    /// Packets that arrived only because they were retransmitted. Part of `delivered`.
    package var repaired: UInt64 = 0
    /// Packets that arrived after a packet with a higher number.
    package var late: UInt64 = 0
    /// Packets that the receiver recovered from parity before they arrived, if they ever did. Part of `delivered`.
    package var rebuilt: UInt64 = 0

    package init() {}

    package var balances: Bool { sent == delivered + dropped + corrupted + refused }
}

/// The client's own counts.
package struct ClientFacts: Sendable, Equatable {
    package var bytesSent: UInt64 = 0
    /// The largest number of events that waited in the ring.
    package var bufferPeak = 0
    /// The time at which the last packet had left, on the run's clock.
    package var end = Instant.start
    /// Data packets with one event that is longer than a normal packet. Part of ``bytesSent``.
    package var largePackets = LargePacketCounts()
    /// Second copies of data packets. Not part of ``bytesSent``.
    package var copies = CopyCounts()
    /// The circuit breaker's changes of state: the first ones of the run, and their number.
    package var transitions: [BreakerTransition] = []
    package var transitionCount = 0
    /// The largest number of bytes in the client's memory account. nil if there is no limit.
    package var memoryPeak: Int?

    package init() {}
}

/// One metric with its offered and delivered values.
package struct MetricOutcome: Sendable, Equatable {
    package var type: MetricType
    /// `name` or `name{tag,tag}`.
    package var label: String
    package var offered: UInt64
    package var delivered: UInt64
    /// Counters: the sum of value/rate. Gauges: the latest level. Timings, histograms, distributions: the sum of values. Sets: 0.
    package var offeredValue: Double
    package var deliveredValue: Double
    /// Undelivered events that running totals recovered, and their sum. For a gauge these are levels.
    package var recovered: UInt64
    package var recoveredValue: Double
    /// Whether the client's configuration declares the metric critical. Then none of its events may be lost, whatever its type.
    package var isCritical: Bool

    /// The recovered events that were really lost.
    package var recoveredOfLost: UInt64 { min(recovered, offered > delivered ? offered - delivered : 0) }

    package init(
        type: MetricType, label: String, offered: UInt64, delivered: UInt64, offeredValue: Double, deliveredValue: Double,
        recovered: UInt64 = 0, recoveredValue: Double = 0, isCritical: Bool = false
    ) {
        self.type = type
        self.label = label
        self.offered = offered
        self.delivered = delivered
        self.offeredValue = offeredValue
        self.deliveredValue = deliveredValue
        self.recovered = recovered
        self.recoveredValue = recoveredValue
        self.isCritical = isCritical
    }
}
