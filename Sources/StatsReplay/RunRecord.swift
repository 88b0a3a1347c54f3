package import NetworkEmulator
public import PacketCapture
public import StatsClient
public import StatsModel
public import StatsReceiver
package import SystemIO

/// What one run did, in logical facts only: equal scenarios over equal captures give equal records.
public struct RunRecord: Sendable {
    public var capture: CaptureIdentity
    public var scenario: Scenario
    public var source = SourceFacts()
    /// Where every event went.
    public var ledger = Ledger()
    /// What each rule of the network took, in the order of the rules; rules that took nothing are left out.
    public var ruleLosses: [RuleLoss] = []
    public var restarts = RestartFacts()
    public var packets = PacketCounts()
    /// Sequence numbers of data packets of which no intact copy arrived, against the receiver's gaps.
    public var gaps = DetectorScore()
    public var gapRanges = RangeDigest()
    public var firstMissedGaps: [ClosedRange<UInt64>] = []
    public var firstFalseGaps: [ClosedRange<UInt64>] = []
    /// Corrupted copies of data packets that arrived, against the receiver's checksum failures.
    public var checksums = DetectorScore()
    /// Second intact copies that arrived, against the receiver's duplicates.
    public var duplicates = DetectorScore()
    /// Heartbeats and closing packets.
    public var control = PacketCounts()
    /// What of the packets above was sent again, and the way back.
    public var repair = RepairFacts()
    public var parity = ParityFacts()
    /// What each mitigation cost.
    public var costs = MitigationCosts()
    public var client = ClientFacts()
    /// The receiver's books of the first session it knows; nil when nothing arrived.
    public var session: SessionSummary?
    /// Every metric, sorted by type and label.
    public var metrics: MetricOutcomes = []
    /// Records in packets whose checksum held but which did not decode: a fault of the codec.
    public var undecodableRecords: UInt64 = 0
    /// How often something was broken on purpose (``Sabotage``).
    public var sabotageDeeds: UInt64 = 0
    /// Metrics whose values do not balance, in a sentence each, the first ones; only looked for where the client
    /// aggregates.
    public var valueFaults: [String] = []
    /// What running totals told, and where they restored what was not lost, in a sentence each, the first ones.
    public var statements = StatementFacts()
    public var restatedFaults: [String] = []
    /// What the network did to packets, and what the way back did to answers.
    package var networkEffects = FaultEffects(rules: 0)
    package var wayBackEffects = FaultEffects(rules: 0)
    /// Why reading the capture ended early, if it did; everything before that point was replayed.
    public var sourceError: CaptureError?

    public init(capture: CaptureIdentity, scenario: Scenario) {
        self.capture = capture
        self.scenario = scenario
    }

    /// Duplicates about which somebody has to decide before the run can be verified.
    public var undecidedDuplicates: UInt64 { scenario.reading.duplicates == .ask ? source.unprovenDuplicates : 0 }
}

/// Which bytes were replayed.
public struct CaptureIdentity: Sendable, Equatable {
    /// The file's name without its folder.
    public var name: String
    /// The path as it was given.
    public var path: String
    public var byteCount: UInt64
    /// CRC-32 (IEEE 802.3) of the whole file.
    public var crc32: UInt32
    /// What came, where the path is a pipe, which gives it only once; nil for a file.
    package var spool: SpooledInput?

    public init(name: String, path: String, byteCount: UInt64, crc32: UInt32) {
        self.name = name
        self.path = path
        self.byteCount = byteCount
        self.crc32 = crc32
    }

    /// `crc32:1a2b3c4d, 12345 bytes`: what stands in golden files.
    public var digest: String {
        let hex = String(crc32, radix: 16)
        return "crc32:\(String(repeating: "0", count: 8 - hex.count))\(hex), \(byteCount) bytes"
    }
}

/// What the capture gave the client to do.
public struct SourceFacts: Sendable, Equatable {
    public var datagrams: UInt64 = 0
    /// Lines and records that are no events, by reason's name.
    public var malformed: UInt64 = 0
    /// Sequenced packets in the capture whose checksum failed, and those seen before: neither is offered again.
    public var checksumFailures: UInt64 = 0
    public var duplicatePackets: UInt64 = 0
    /// Sequenced packets in the capture whose number is incredible: the receiver refused them, so they are not offered.
    public var outOfRangePackets: UInt64 = 0
    /// Packets of datagrams that the capture shows more than once and that were left out, where a file was read; and datagrams
    /// offered that may be such, and nothing proves it.
    public var mergedPackets: UInt64 = 0
    public var unprovenDuplicates: UInt64 = 0
    /// Datagrams left out because no receiver accepts their checksums.
    public var wrongChecksums: UInt64 = 0
    /// Nanoseconds since 1970 of the first datagram: the run's epoch.
    public var epoch: Int64 = 0
    /// What of the text depended on its senders' dialect.
    public var dialect = DialectFacts()
    /// No datagram of the capture states a time: they were replayed in order, evenly spaced.
    package var isUntimed = false
    /// What a capture without wanted datagrams holds instead, and what to do, in a sentence; nil for any other.
    package var emptiness: String?
    /// Why the packets or the clock of the capture make no fixture of it, what to do included; not of an empty one.
    package var problems: [String] = []

    public init() {}
}

/// Packets of one kind. sent = delivered + dropped + corrupted + refused.
public struct PacketCounts: Sendable, Equatable {
    /// Packets the client sent, each counted once whatever copies the network made.
    public var sent: UInt64 = 0
    /// Packets that arrived intact at least once.
    public var delivered: UInt64 = 0
    /// Packets of which the network delivered nothing.
    public var dropped: UInt64 = 0
    /// Packets that arrived with flipped bits only.
    public var corrupted: UInt64 = 0
    /// Packets the receiver refused as out of range.
    public var refused: UInt64 = 0
    /// Packets of which the network made a second copy.
    public var duplicated: UInt64 = 0
    /// Packets that arrived only because they were sent again; part of `delivered`.
    public var repaired: UInt64 = 0
    /// Packets that arrived after a later one.
    public var late: UInt64 = 0
    /// Packets that the receiver worked out from parity before they came, if they ever did; part of `delivered`.
    public var rebuilt: UInt64 = 0

    public init() {}

    public var balances: Bool { sent == delivered + dropped + corrupted + refused }
}

/// What the client says of itself.
public struct ClientFacts: Sendable, Equatable {
    public var bytesSent: UInt64 = 0
    /// The most events that ever waited in the ring.
    public var bufferPeak = 0
    /// When the last packet had left, on the run's clock.
    public var end = Instant.start
    /// Data packets of one event that is longer than a packet; part of ``bytesSent``.
    public var largePackets = LargePacketCounts()
    /// Second copies of data packets, which ``bytesSent`` does not hold.
    public var copies = CopyCounts()
    /// The circuit breaker's changes of state, the first ones of a run, and how many there were.
    public var transitions: [BreakerTransition] = []
    public var transitionCount = 0
    /// The most bytes that the client's memory account ever held; nil where there is no limit.
    public var memoryPeak: Int?

    public init() {}
}

/// One metric on both sides.
public struct MetricOutcome: Sendable, Equatable {
    public var type: MetricType
    /// `name` or `name{tag,tag}`.
    public var label: String
    public var offered: UInt64
    public var delivered: UInt64
    /// Counters: the sum of value/rate. Gauges: the latest level. Timings, histograms, distributions: the sum of
    /// values. Sets: 0.
    public var offeredValue: Double
    public var deliveredValue: Double
    /// Of the events that were not delivered those that running totals told, and what they add up to; of a gauge the levels.
    public var restored: UInt64
    public var restoredValue: Double
    /// The client's configuration declares it critical: none of it may be lost, whatever its type allows.
    public var isCritical: Bool

    /// Of those restored, as many as were really lost.
    public var restoredOfLost: UInt64 { min(restored, offered > delivered ? offered - delivered : 0) }

    public init(
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
