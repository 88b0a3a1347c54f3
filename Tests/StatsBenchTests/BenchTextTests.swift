import StatsBench
import Testing

@Suite struct BenchTextTests {
    static func report(_ values: [Double]) -> BenchReport {
        var report = BenchReport(machine: .current, plan: .quick)
        let bar = BenchBar(.below, target: 100, excellent: 50, poor: 1000)
        for (number, value) in values.enumerated() {
            report.add("row_\(number)", "row \(number)", .nanoseconds, bar, [value], "by hand")
        }
        return report
    }

    @Test("the verdict stands first")
    func headline() {
        var report = Self.report([10, 70, 500, 5000])
        #expect(BenchText().lines(report)[0] == "nothing was measured: no event arrived")
        var run = LoadRun()
        (run.offered, run.sent, run.arrivals.events) = (10, 10, 10)
        report.audit(run)
        #expect(BenchText().lines(report)[0] == "of 4 rows 1 excellent, 1 target, 1 missed, 1 poor")
    }

    @Test("an event that no book explains is what the report says first")
    func unaccounted() {
        var report = Self.report([10])
        var run = LoadRun()
        (run.offered, run.dropped, run.sent, run.arrivals.events) = (10, 1, 8, 8)
        report.audit(run)
        #expect(report.eventsUnaccounted == 1)
        #expect(BenchText().lines(report)[0].hasPrefix("failed: 1 events"))
    }

    @Test("an event missing although no packet is has no explanation; one in a lost packet has")
    func missing() {
        var run = LoadRun()
        (run.offered, run.sent, run.arrivals.events) = (10, 10, 9)
        #expect(run.unaccounted == 1)
        run.arrivals.lostPackets = 1
        #expect(run.unaccounted == 0)
    }

    @Test("a requirement holds where every row reaches it, rows that cannot be measured aside")
    func requirement() {
        var report = Self.report([10, 70])
        #expect(report.reaches(.target))
        #expect(!report.reaches(.excellent))
        report.add("x", "x", .count, BenchBar(.below, target: 1, excellent: 0, poor: 2), [], "cannot")
        #expect(report.reaches(.target))
    }

    @Test(
        "numbers show three digits that count, in the unit that suits them",
        arguments: [
            (BenchUnit.nanoseconds, 4.567, "4.57 ns"), (.nanoseconds, 49.94, "49.9 ns"), (.nanoseconds, 1_304_000, "1.3 ms"),
            (.nanoseconds, 999.9, "1 µs"), (.nanoseconds, 0, "0 ns"), (.nanoseconds, 0.25, "0.25 ns"),
            (.eventsPerSecond, 7_204_000, "7.2 M/s"), (.bytes, 411_648, "412 KB"), (.share, 0.0031, "0.31 %"), (.count, 0, "0"),
            (.count, .nan, "none"), (.share, 1, "100 %"),
        ])
    func numbers(_ unit: BenchUnit, _ value: Double, _ text: String) { #expect(unit.text(value) == text) }
}
