import Foundation
import ReplayEngine
public import StatsModel
import Verification

/// What one run came to, and what it did. Its description is the report that `statsreplay run` prints.
public struct ReplayResult: Sendable, CustomStringConvertible {
    public enum Verdict: String, Sendable {
        /// The law of conservation holds, the detectors are right, and the result is as recorded; without a golden file every
        /// limit holds.
        case verified
        case failed
        /// Nothing was verified: no events, duplicates that somebody has to decide about, or no golden file where one is required.
        case unverified
    }

    /// Packets of one kind. sent = delivered + dropped + corrupted + refused.
    public struct Packets: Equatable, Sendable {
        /// Packets that the client sent, each counted once.
        public let sent: UInt64
        /// Packets that arrived intact at least once.
        public let delivered: UInt64
        /// Packets of which the network delivered nothing.
        public let dropped: UInt64
        /// Packets that arrived with flipped bits only.
        public let corrupted: UInt64
        /// Packets that the receiver refused as out of range.
        public let refused: UInt64
        /// Packets that arrived only because they were retransmitted; part of `delivered`.
        public let retransmitted: UInt64
        /// Packets that arrived after a later one.
        public let late: UInt64
    }

    /// What a detector of the receiver found, compared with what the network did.
    public struct Detection: Equatable, Sendable {
        /// Faults that the network injected.
        public let injected: UInt64
        /// Injected and found.
        public let found: UInt64
        /// Injected, knowable and not found.
        public let missed: UInt64
        /// Found where nothing was injected.
        public let falseAlarms: UInt64
    }

    /// The loss of one class of metrics, or of the metrics that one pattern matches, compared with what is acceptable.
    public struct Loss: Equatable, Sendable {
        /// `counter`, `gauge`, `timing`, `critical`, or a pattern of ``ReplayTest/limits``. Counters include sets; timings include
        /// histograms and distributions; critical are events, service checks and the metrics that the client declares critical.
        public let name: String
        public let offered: UInt64
        public let delivered: UInt64
        /// Events that the receiver never came to know, neither by a packet nor by a running total.
        public let lost: UInt64
        /// The share of `lost` in `offered`, in percent; 0 where nothing was offered.
        public let percent: Double
        /// Whether the loss is acceptable. Without a golden file a loss that is not acceptable fails the run.
        public let holds: Bool
    }

    private let run: RunVerification
    /// What `statsreplay run` prints.
    public let description: String
    /// What `statsreplay run --json` prints: the same bytes for the same run.
    public let json: String

    init(_ run: RunVerification, suite: SuiteResult) {
        self.run = run
        description = RunText().lines(suite).joined(separator: "\n")
        let report = RunReport(suite, seed: run.record.scenario.seed)
        json = (try? report.json()).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    public var verdict: Verdict {
        switch run.verdict {
        case .verified: .verified
        case .failed: .failed
        case .unverified: .unverified
        }
    }

    /// Why the verdict is not `verified`, in a sentence each, the weightiest first.
    public var reasons: [String] { run.reasons }

    /// What does not change the verdict but should be known, in a sentence each.
    public var remarks: [String] { run.remarks }

    /// The command that repeats this run.
    public var command: String { RunVerification.command(run.record) }

    /// The golden file that the result was compared with, or that was written; nil where there is none.
    public var goldenFile: String? { run.goldenPath }

    /// Events that the capture offered to the client.
    public var offered: UInt64 { run.record.ledger.offered.counts.total }

    /// Events that arrived. `offered` is `delivered` and all of ``lost`` together.
    public var delivered: UInt64 { run.record.ledger.delivered.counts.total }

    /// Events that were lost, by cause; causes without a loss are left out.
    public var lost: [LossCause: UInt64] {
        let pairs = LossCause.allCases.map { ($0, run.record.ledger[$0].counts.total) }
        return Dictionary(uniqueKeysWithValues: pairs.filter { $0.1 > 0 })
    }

    /// Events of one type that the capture offered.
    public func offered(_ type: MetricType) -> UInt64 { run.record.ledger.offered.counts[type] }

    /// Events of one type that arrived.
    public func delivered(_ type: MetricType) -> UInt64 { run.record.ledger.delivered.counts[type] }

    /// Loss by limit: the classes counter, gauge, timing and critical, then the patterns in the order of their bytes.
    public var losses: [Loss] {
        run.judgement.losses.map {
            Loss(
                name: $0.limit.subject.name, offered: $0.offered, delivered: $0.delivered, lost: $0.lost, percent: $0.percent,
                holds: $0.holds)
        }
    }

    /// Data packets.
    public var packets: Packets {
        let packets = run.record.packets
        return Packets(
            sent: packets.sent, delivered: packets.delivered, dropped: packets.dropped, corrupted: packets.corrupted,
            refused: packets.refused, retransmitted: packets.repaired, late: packets.late)
    }

    /// Lost packets, which the receiver knows by gaps in their numbers.
    public var gaps: Detection { Detection(run.record.gaps) }
    /// Damaged packets, which the receiver knows by their checksums.
    public var checksums: Detection { Detection(run.record.checksums) }
    /// Packets that arrived twice.
    public var duplicates: Detection { Detection(run.record.duplicates) }

    /// UDP payload of all data packets, in bytes.
    public var bytesSent: UInt64 { run.record.client.bytesSent }

    /// How long the run took in virtual time.
    public var virtualTime: Duration { .nanoseconds(Int64(clamping: run.record.client.end.nanoseconds)) }
}

extension ReplayResult.Detection {
    fileprivate init(_ score: DetectorScore) {
        injected = score.injected
        found = score.found
        missed = score.missed
        falseAlarms = score.falseAlarms
    }
}
