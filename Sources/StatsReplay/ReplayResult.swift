import Foundation
import ReplayEngine
public import StatsModel
import Verification

/// The verdict on one run, and its facts. The description is the report that `statsreplay run` prints.
public struct ReplayResult: Sendable, CustomStringConvertible {
    /// Whether the run proves what it should.
    public enum Verdict: String, Sendable {
        /// The law of conservation holds, the detectors are right, and the result equals the golden file. If there is no golden
        /// file, every limit holds.
        case verified
        /// The law, a detector or a limit does not hold, or the result differs from the recorded one.
        case failed
        /// Nothing was verified: there were no events, the user has to decide about possible duplicates, or a required golden
        /// file is missing.
        case unverified
    }

    /// Packets of one kind. Always sent = delivered + dropped + corrupted + refused.
    public struct Packets: Equatable, Sendable {
        /// Packets that the client sent, each counted once.
        public let sent: UInt64
        /// Packets that arrived intact at least once.
        public let delivered: UInt64
        /// Packets of which no copy arrived.
        public let dropped: UInt64
        /// Packets of which only copies with flipped bits arrived.
        public let corrupted: UInt64
        /// Packets that the receiver refused as out of range.
        public let refused: UInt64
        /// Packets that arrived only because they were retransmitted. Part of `delivered`.
        public let retransmitted: UInt64
        /// Packets that arrived after a packet with a higher number.
        public let late: UInt64
    }

    /// The findings of one of the receiver's detectors, compared with the faults that really occurred.
    public struct Detection: Equatable, Sendable {
        /// Faults that really occurred.
        public let injected: UInt64
        /// Injected faults that were found.
        public let found: UInt64
        /// Injected faults that the receiver could know of but did not find.
        public let missed: UInt64
        /// Findings without an injected fault.
        public let falseAlarms: UInt64
    }

    /// The loss of one class of metrics, or of the metrics that one pattern matches, compared with its limit.
    public struct Loss: Equatable, Sendable {
        /// `counter`, `gauge`, `timing`, `critical`, or a pattern of ``ReplayTest/limits``. Counters include sets. Timings
        /// include histograms and distributions. Critical are events, service checks and the metrics that the client declares
        /// critical.
        public let name: String
        /// Events that were offered to the client.
        public let offered: UInt64
        /// Events in packets that the receiver accepted.
        public let delivered: UInt64
        /// Events that the receiver learned of neither from a packet nor from a running total.
        public let lost: UInt64
        /// The share of `lost` in `offered`, in percent. 0 if nothing was offered.
        public let percent: Double
        /// Whether the loss is acceptable. Without a golden file, an unacceptable loss fails the run.
        public let holds: Bool
    }

    private let reference: Reference<RunReport>
    private var report: RunReport { reference.value }
    /// The report that `statsreplay run` prints.
    public let description: String
    /// The report that `statsreplay run --json` prints. The same run gives the same bytes.
    public let json: String

    /// - Parameter suite: a suite that contains only this run
    init(_ run: RunVerification, suite: SuiteResult) {
        reference = Reference(RunReport(run))
        let suite = SuiteReport(suite)
        description = RunText().lines(suite).joined(separator: "\n")
        json = (try? RunJSON(suite).json()).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// The verdict on the run.
    public var verdict: Verdict {
        switch report.verdict {
        case .verified: .verified
        case .failed: .failed
        case .unverified: .unverified
        }
    }

    /// The reasons why the verdict is not `verified`, one sentence each, the most important first.
    public var reasons: [String] { report.reasons }

    /// Facts that do not change the verdict but are worth knowing, one sentence each.
    public var remarks: [String] { report.remarks }

    /// The command that repeats this run.
    public var command: String { report.command }

    /// The golden file that the result was compared with, or that was written. nil if there is none.
    public var goldenFile: String? { report.golden.path }

    /// Events that the capture offered to the client.
    public var offered: UInt64 { report.facts.events.offered.total }

    /// Events that arrived. `offered` equals `delivered` plus all of ``lost``.
    public var delivered: UInt64 { report.facts.events.delivered.total }

    /// Events that were lost, by cause. Causes without a loss are left out.
    public var lost: [LossCause: UInt64] {
        Dictionary(uniqueKeysWithValues: report.facts.events.losses.map { ($0.cause, $0.counts.total) })
    }

    /// Events of one type that the capture offered.
    public func offered(_ type: MetricType) -> UInt64 { report.facts.events.offered[type] }

    /// Events of one type that arrived.
    public func delivered(_ type: MetricType) -> UInt64 { report.facts.events.delivered[type] }

    /// Loss by limit: the classes counter, gauge, timing and critical, and then the patterns in the order of their bytes.
    public var losses: [Loss] {
        report.facts.losses.map {
            Loss(
                name: $0.name, offered: $0.offered, delivered: $0.delivered, lost: $0.lost, percent: $0.percent,
                holds: $0.holds)
        }
    }

    /// Counts of data packets.
    public var packets: Packets {
        let packets = report.facts.packets
        return Packets(
            sent: packets.sent, delivered: packets.delivered, dropped: packets.dropped, corrupted: packets.corrupted,
            refused: packets.refused, retransmitted: packets.repaired, late: packets.late)
    }

    /// The detection of lost packets by gaps in the sequence numbers.
    public var gaps: Detection { Detection(report.facts.gaps) }
    /// The detection of damaged packets by their checksums.
    public var checksums: Detection { Detection(report.facts.checksums) }
    /// The detection of packets that arrived twice.
    public var duplicates: Detection { Detection(report.facts.duplicates) }

    /// The UDP payload that the client sent without mitigations: first transmissions of data packets, heartbeats and closing
    /// packets, in bytes.
    public var bytesSent: UInt64 { report.facts.client.counts.bytesSent }

    /// The duration of the run in virtual time, up to the end of the client's last packet.
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
