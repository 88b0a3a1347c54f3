import StatsModel
import TestSupport
import Testing

@testable import StatsReceiver

/// The tracker against a model that keeps every number, over streams of loss, copies, reordering, jumps and silence.
@Suite struct SequenceTrackerModelTests {
    /// How a stream is disturbed, in percent, and how far.
    struct Weather: Sendable {
        let loss: UInt64
        let duplicate: UInt64
        let late: UInt64
        let farthest: UInt64
        let jump: UInt64
        let tail: UInt64
        let longestStep: UInt64
    }

    static let weathers = [
        Weather(loss: 3, duplicate: 2, late: 5, farthest: 20, jump: 0, tail: 1, longestStep: 1_000_000),
        Weather(loss: 40, duplicate: 20, late: 40, farthest: 100, jump: 0, tail: 5, longestStep: 50_000_000),
        Weather(loss: 10, duplicate: 10, late: 30, farthest: 250, jump: 3, tail: 2, longestStep: 20_000_000),
        Weather(loss: 2, duplicate: 1, late: 2, farthest: 200, jump: 1, tail: 0, longestStep: 400_000_000),
        // Spreads beyond the window, where a duplicate cannot be distinguished from a late packet, and without restarts.
        Weather(loss: 20, duplicate: 20, late: 50, farthest: 900, jump: 0, tail: 1, longestStep: 20_000_000),
        Weather(loss: 5, duplicate: 5, late: 30, farthest: 2000, jump: 4, tail: 2, longestStep: 1_000_000),
    ]

    @Test("the tracker agrees with the model, arrival by arrival and in all its counts", arguments: weathers.indices,
        1...6 as ClosedRange<UInt64>)
    func agrees(weather index: Int, seed: UInt64) {
        let weather = Self.weathers[index]
        var configuration = ReceiverConfiguration()
        // A small window, so that few numbers show what a large one does; the receiver itself asks for 4096 at least.
        configuration.window = 256
        configuration.maximumJump = 600
        var random = Draws(seed: seed &* 1000 &+ UInt64(index))
        let base: UInt64 = 1 + random.below(3) * 10_000
        var tracker = SequenceTracker(
            source: SourceID(1), session: 1, base: base, at: .start, configuration: configuration)
        var model = NaiveTracker(base: base, now: 0, configuration: configuration)
        var reports = LossReports(limit: 1 << 20)
        var reported: Set<UInt64> = []
        var now: UInt64 = 0
        var next = base
        var last = base
        for step in 0..<400 {
            now += random.below(weather.longestStep)
            let instant = Instant(nanoseconds: now)
            if random.chance(percent: weather.jump) { next += random.below(650) }
            var sequence = next
            if weather.farthest > 600, last + 1 < next, random.chance(percent: 50) {
                sequence = last + 1
            } else if random.chance(percent: weather.late) {
                sequence = next > 1 ? next - 1 - random.below(min(next - 1, weather.farthest)) : 1
            } else {
                next += 1
                if random.chance(percent: weather.loss) { continue }
            }
            // Strays ahead would begin a restart, which the model does not know: those have tests of their own.
            if sequence > model.highest + 600 {
                next = model.highest + 1
                continue
            }
            last = sequence
            for _ in 0..<(random.chance(percent: weather.duplicate) ? 2 : 1) {
                // As its sender has it: the packet's own time, whenever and however often it comes. Behind the window two
                // that follow each other are common then.
                let arrival = tracker.receive(sequence, timestamp: sequence, at: instant, &reports)
                #expect(arrival == model.receive(sequence, at: now), "seed \(seed), step \(step), number \(sequence)")
            }
            if random.chance(percent: weather.tail) {
                tracker.handleReport(of: model.highest + 3, at: instant, &reports)
                model.handleReport(of: model.highest + 3, at: now)
                next = max(next, model.highest + 1 - random.below(3))
            }
            #expect(tracker.lost + tracker.pending == tracker.expected - tracker.unique, "seed \(seed), step \(step)")
            if step % 16 == 0 {
                Self.drain(&reports, into: &reported)
                Self.compare(tracker, model, reported, "seed \(seed), step \(step)")
            }
        }
        tracker.giveUpAll(&reports)
        model.giveUpAll()
        Self.drain(&reports, into: &reported)
        Self.compare(tracker, model, reported, "seed \(seed), at the end")
        #expect(tracker.pending == 0)
    }

    private static func drain(_ reports: inout LossReports, into reported: inout Set<UInt64>) {
        while let range = reports.pollLost() {
            for number in range.from...range.to {
                #expect(reported.insert(number).inserted, "number \(number) is reported lost twice")
            }
        }
        while let range = reports.pollRecovered() {
            for number in range.from...range.to {
                #expect(reported.remove(number) != nil, "number \(number) is taken back without having been reported")
            }
        }
    }

    private static func compare(
        _ tracker: SequenceTracker, _ model: NaiveTracker, _ reported: Set<UInt64>, _ place: Comment
    ) {
        #expect(tracker.base == model.base, place)
        #expect(tracker.highest == model.highest, place)
        #expect(tracker.unique == model.unique, place)
        #expect(tracker.duplicate == model.duplicate, place)
        #expect(tracker.outOfRange == model.outOfRange && tracker.restarts == 0, place)
        #expect(tracker.late == model.late, place)
        #expect(tracker.recovered == UInt64(model.recovered.count), place)
        #expect(tracker.lost == model.lost, place)
        #expect(tracker.pending == model.pending, place)
        #expect(tracker.lost + tracker.pending == tracker.expected - tracker.unique, place)
        #expect(tracker.deadline?.nanoseconds == model.deadline, place)
        #expect(tracker.unknown == model.base - 1, place)
        let lost = model.lostNumbers
        #expect(reported == Set(lost), place)
        #expect(tracker.gaps.ranges.flatMap(Array.init) == lost, place)
        for (a, b) in zip(tracker.gaps.ranges, tracker.gaps.ranges.dropFirst()) {
            #expect(a.upperBound + 1 < b.lowerBound, place)
        }
    }
}
