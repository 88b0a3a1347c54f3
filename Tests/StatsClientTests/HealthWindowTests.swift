import StatsModel
import Testing

@testable import StatsClient

@Suite("HealthWindow") struct HealthWindowTests {
    static func totals(_ received: UInt64, _ dropped: UInt64) -> HealthTotals {
        var totals = HealthTotals()
        totals.received = received
        totals.dropped = dropped
        return totals
    }

    static func at(_ seconds: UInt64) -> Instant { Instant(nanoseconds: seconds * 1_000_000_000) }

    @Test("an incident is forgotten after two checks that are ten seconds apart, and not before")
    func forgets() {
        var window = HealthWindow()
        let incident = Self.totals(1000, 500)
        #expect(window.baseline(of: incident, at: Self.at(5)) == HealthTotals())
        #expect(window.baseline(of: incident, at: Self.at(12)) == HealthTotals())
        let later = Self.totals(2000, 500)
        #expect(window.baseline(of: later, at: Self.at(20)) == HealthTotals(), "ten seconds have not passed")
        #expect(window.baseline(of: later, at: Self.at(23)) == HealthTotals())
        let now = Self.totals(3000, 500)
        let baseline = window.baseline(of: now, at: Self.at(24))
        #expect(baseline == incident && (now - baseline).dropped == 0 && (now - baseline).received == 2000)
    }

    @Test("a late incident shows, however much went well before")
    func shows() {
        var window = HealthWindow()
        for check in 1...10 as ClosedRange<UInt64> {
            _ = window.baseline(of: Self.totals(check * 1_000_000, 0), at: Self.at(check * 60))
        }
        let now = Self.totals(10_000_100, 90)
        let lately = now - window.baseline(of: now, at: Self.at(605))
        #expect(lately.dropped == 90 && lately.received < 2_000_000)
    }

    @Test("counters that seem to step back are no traffic")
    func back() {
        #expect(Self.totals(5, 1) - Self.totals(7, 2) == HealthTotals())
    }
}
