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

    private let report: RunReport
    /// What `statsreplay run` prints.
    public let description: String
    /// What `statsreplay run --json` prints: the same bytes for the same run.
    public let json: String

    /// - Parameter suite: a suite with this run alone
    init(_ run: RunVerification, suite: SuiteResult) {
        report = RunReport(run)
        let suite = SuiteReport(suite)
        description = RunText().lines(suite).joined(separator: "\n")
        json = (try? RunJSON(suite).json()).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    public var verdict: Verdict {
        switch report.verdict {
        case .verified: .verified
        case .failed: .failed
        case .unverified: .unverified
        }
    }

    /// Why the verdict is not `verified`, in a sentence each, the weightiest first.
    public var reasons: [String] { report.reasons }

    /// What does not change the verdict but should be known, in a sentence each.
    public var remarks: [String] { report.remarks }

    /// The command that repeats this run.
    public var command: String { report.command }

    /// The golden file that the result was compared with, or that was written; nil where there is none.
    public var goldenFile: String? { report.golden.path }

    /// Events that the capture offered to the client.
    public var offered: UInt64 { report.facts.events.offered.total }

    /// Events that arrived. `offered` is `delivered` and all of ``lost`` together.
    public var delivered: UInt64 { report.facts.events.delivered.total }

    /// Events that were lost, by cause; causes without a loss are left out.
    public var lost: [LossCause: UInt64] {
        Dictionary(uniqueKeysWithValues: report.facts.events.losses.map { ($0.cause, $0.counts.total) })
    }

    /// Events of one type that the capture offered.
    public func offered(_ type: MetricType) -> UInt64 { report.facts.events.offered[type] }

    /// Events of one type that arrived.
    public func delivered(_ type: MetricType) -> UInt64 { report.facts.events.delivered[type] }

    /// Loss by limit: the classes counter, gauge, timing and critical, then the patterns in the order of their bytes.
    public var losses: [Loss] {
        report.facts.losses.map {
            Loss(
                name: $0.name, offered: $0.offered, delivered: $0.delivered, lost: $0.lost, percent: $0.percent,
                holds: $0.holds)
        }
    }

    /// Data packets.
    public var packets: Packets {
        let packets = report.facts.packets
        return Packets(
            sent: packets.sent, delivered: packets.delivered, dropped: packets.dropped, corrupted: packets.corrupted,
            refused: packets.refused, retransmitted: packets.repaired, late: packets.late)
    }

    /// Lost packets, which the receiver knows by gaps in their numbers.
    public var gaps: Detection { Detection(report.facts.gaps) }
    /// Damaged packets, which the receiver knows by their checksums.
    public var checksums: Detection { Detection(report.facts.checksums) }
    /// Packets that arrived twice.
    public var duplicates: Detection { Detection(report.facts.duplicates) }

    /// UDP payload of all data packets, in bytes.
    public var bytesSent: UInt64 { report.facts.client.counts.bytesSent }

    /// How long the run took in virtual time.
    public var virtualTime: Duration { .nanoseconds(Int64(clamping: report.facts.client.counts.end.nanoseconds)) }
}

extension ReplayResult.Detection {
    fileprivate init(_ score: DetectorScore) {
        injected = score.injected
        found = score.found
        missed = score.missed
        falseAlarms = score.falseAlarms
    }
}
