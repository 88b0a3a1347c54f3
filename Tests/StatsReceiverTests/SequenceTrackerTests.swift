import StatsModel
import Testing

@testable import StatsReceiver

@Suite struct SequenceTrackerTests {
    private static func tracker(
        base: UInt64 = 1, at now: Instant = .start, _ configuration: ReceiverConfiguration = ReceiverConfiguration()
    ) -> SequenceTracker {
        SequenceTracker(source: SourceID(1), session: 7, base: base, at: now, configuration: configuration)
    }

    private static func at(_ milliseconds: Int64) -> Instant { Instant.start + .milliseconds(milliseconds) }

    struct Row: CustomTestStringConvertible, Sendable {
        let name: String
        /// Numbers in the order of arrival; the first one is the base.
        let arrivals: [UInt64]
        let unique: UInt64
        let duplicate: UInt64
        let late: UInt64
        let pending: UInt64
        let outOfRange: UInt64
        var testDescription: String { name }
    }

    static let rows = [
        Row(name: "in order", arrivals: [1, 2, 3], unique: 3, duplicate: 0, late: 0, pending: 0, outOfRange: 0),
        Row(name: "a hole", arrivals: [1, 2, 5], unique: 3, duplicate: 0, late: 0, pending: 2, outOfRange: 0),
        Row(name: "a hole filled", arrivals: [1, 3, 2], unique: 3, duplicate: 0, late: 1, pending: 0, outOfRange: 0),
        Row(
            name: "copies do not hide a hole (negative loss)", arrivals: [1, 1, 1, 1, 3, 3], unique: 2, duplicate: 4,
            late: 0, pending: 1, outOfRange: 0),
        Row(
            name: "a late packet fills its own hole only", arrivals: [1, 5, 3, 3], unique: 3, duplicate: 1, late: 1,
            pending: 2, outOfRange: 0),
        Row(
            name: "joined in the middle", arrivals: [500, 501, 503], unique: 3, duplicate: 0, late: 0, pending: 1,
            outOfRange: 0),
        Row(
            name: "a reordered start moves the base down", arrivals: [10, 7, 11], unique: 3, duplicate: 0, late: 1,
            pending: 2, outOfRange: 0),
        Row(
            name: "number 0 is nobody's", arrivals: [1, 0, 2], unique: 2, duplicate: 0, late: 0, pending: 0,
            outOfRange: 1),
        Row(
            name: "the largest jump", arrivals: [1, 1 + 1 << 20], unique: 2, duplicate: 0, late: 0, pending: 16_383,
            outOfRange: 0),
        Row(
            name: "one beyond the largest jump", arrivals: [1, 2 + 1 << 20, 2], unique: 2, duplicate: 0, late: 0,
            pending: 0, outOfRange: 1),
        Row(
            name: "the last number of the window", arrivals: [1, 20_000, 3617], unique: 3, duplicate: 0, late: 1,
            pending: 16_382, outOfRange: 0),
        Row(
            name: "one behind the window", arrivals: [1, 20_000, 3616], unique: 2, duplicate: 0, late: 0,
            pending: 16_383, outOfRange: 1),
    ]

    @Test("fault 18: every arrival is counted under its name, and the counts add up", arguments: rows)
    func accounting(_ row: Row) {
        var tracker = Self.tracker(base: row.arrivals[0])
        var reports = LossReports(limit: 100)
        for sequence in row.arrivals { _ = tracker.receive(sequence, at: .start, &reports) }
        #expect(tracker.unique == row.unique)
        #expect(tracker.duplicate == row.duplicate)
        #expect(tracker.late == row.late)
        #expect(tracker.pending == row.pending)
        #expect(tracker.outOfRange == row.outOfRange)
        #expect(tracker.lost + tracker.pending == tracker.expected - tracker.unique)
        #expect(tracker.expected == tracker.highest - tracker.base + 1)
    }

    @Test("a hole is pending until the instant its age reaches the limit, and lost from then on")
    func age() {
        var tracker = Self.tracker()
        var reports = LossReports(limit: 100)
        _ = tracker.receive(1, at: Self.at(0), &reports)
        _ = tracker.receive(3, at: Self.at(10), &reports)
        #expect(tracker.deadline == Self.at(2010))
        tracker.expire(at: Instant(nanoseconds: Self.at(2010).nanoseconds - 1), &reports)
        #expect(reports.pollLost() == nil)
        tracker.expire(at: Self.at(2010), &reports)
        #expect(reports.pollLost() == LostRange(source: SourceID(1), session: 7, from: 2, to: 2))
        #expect(tracker.lost == 1)
        #expect(tracker.deadline == nil)
    }

    @Test("the deadline moves on when the oldest hole fills")
    func deadlineAfterFill() {
        var tracker = Self.tracker()
        var reports = LossReports(limit: 100)
        for (sequence, time) in [(1, 0), (3, 10), (6, 20), (8, 30)] as [(UInt64, Int64)] {
            _ = tracker.receive(sequence, at: Self.at(time), &reports)
        }
        _ = tracker.receive(4, at: Self.at(40), &reports)
        #expect(tracker.deadline == Self.at(2010))
        _ = tracker.receive(2, at: Self.at(41), &reports)
        #expect(tracker.deadline == Self.at(2020))
        _ = tracker.receive(7, at: Self.at(42), &reports)
        _ = tracker.receive(5, at: Self.at(43), &reports)
        #expect(tracker.deadline == nil)
        #expect(tracker.pending == 0)
    }

    @Test("a packet that comes after its number was given up takes the loss back, once")
    func recovery() {
        var tracker = Self.tracker()
        var reports = LossReports(limit: 100)
        _ = tracker.receive(1, at: Self.at(0), &reports)
        _ = tracker.receive(6, at: Self.at(0), &reports)
        #expect(tracker.receive(3, at: Self.at(3000), &reports) == .late)
        #expect(reports.pollLost() == LostRange(source: SourceID(1), session: 7, from: 2, to: 5))
        #expect(reports.pollRecovered() == LostRange(source: SourceID(1), session: 7, from: 3, to: 3))
        #expect(tracker.lost == 3)
        #expect(tracker.gaps.ranges == [2...2, 4...5])
        #expect(tracker.receive(3, at: Self.at(3000), &reports) == .duplicate)
        #expect(reports.pollRecovered() == nil)
        #expect(tracker.lost == 3)
    }

    @Test("holes that leave the window are lost at once, in one range where they touch")
    func window() {
        var tracker = Self.tracker()
        var reports = LossReports(limit: 100)
        _ = tracker.receive(1, at: .start, &reports)
        _ = tracker.receive(4, at: .start, &reports)
        _ = tracker.receive(16_387, at: .start, &reports)
        // The window now begins at 4: 2 and 3 are gone, 5 and all above may still come.
        #expect(reports.pollLost() == LostRange(source: SourceID(1), session: 7, from: 2, to: 3))
        #expect(reports.pollLost() == nil)
        _ = tracker.receive(1_000_000, at: .start, &reports)
        #expect(reports.pollLost() == LostRange(source: SourceID(1), session: 7, from: 5, to: 16_386))
        #expect(reports.pollLost() == LostRange(source: SourceID(1), session: 7, from: 16_388, to: 983_616))
        #expect(tracker.pending == 16_383)
    }

    @Test("two strays that follow each other, and are later than all before, restart the numbering; anything else does not")
    func restart() {
        var tracker = Self.tracker(base: 5_000_000)
        var reports = LossReports(limit: 100)
        _ = tracker.receive(5_000_000, timestamp: 10, at: .start, &reports)
        _ = tracker.receive(5_000_002, timestamp: 12, at: .start, &reports)
        #expect(tracker.receive(1, timestamp: 13, at: .start, &reports) == .outOfRange)
        #expect(tracker.receive(1, timestamp: 13, at: .start, &reports) == .outOfRange, "the same number twice")
        #expect(tracker.receive(5_000_003, timestamp: 13, at: .start, &reports) == .inOrder)
        #expect(tracker.receive(2, timestamp: 14, at: .start, &reports) == .outOfRange, "one in range came between")
        #expect(tracker.restarts == 0)
        #expect(tracker.receive(3, timestamp: 15, at: .start, &reports) == .inOrder)
        #expect(tracker.restarts == 1)
        #expect(reports.pollLost() == LostRange(source: SourceID(1), session: 7, from: 5_000_001, to: 5_000_001))
        _ = tracker.receive(5, at: .start, &reports)
        #expect(tracker.base == 3)
        #expect(tracker.highest == 5)
        #expect(tracker.expected == 4 + 3)
        #expect(tracker.unique == 3 + 2)
        #expect(tracker.lost + tracker.pending == tracker.expected - tracker.unique)
        #expect(tracker.unknown == 4_999_999 + 2)
        #expect(tracker.outOfRange == 3)
    }

    @Test("fault 18: the greatest numbers there are neither trap nor are believed")
    func extremes() {
        var tracker = Self.tracker()
        var reports = LossReports(limit: 100)
        for sequence in [UInt64.max, .max, 0, .max - 1, .max, 1 << 62, 1 << 62 + 1, 0, 1] {
            _ = tracker.receive(sequence, at: .start, &reports)
            tracker.handleReport(of: sequence, at: .start, &reports)
        }
        #expect(tracker.unique == 1)
        #expect(tracker.highest == 1)
        #expect(tracker.outOfRange == 8)
        var atEnd = Self.tracker(base: SequenceTracker.maximumSequence)
        #expect(atEnd.receive(SequenceTracker.maximumSequence, at: .start, &reports) == .inOrder)
        #expect(atEnd.receive(SequenceTracker.maximumSequence + 1, at: .start, &reports) == .outOfRange)
    }
}
