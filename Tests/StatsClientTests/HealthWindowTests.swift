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

    @Test("what waited long may be dropped when little else comes: the drop rate is never above one", arguments: 1...50 as ClosedRange<UInt64>)
    func dropRate(seed: UInt64) {
        let random = KeyedRandom(seed: seed)
        var window = HealthWindow()
        var metrics = StatsClient.Metrics(bufferCapacity: 4096)
        for check in 0..<100 as Range<UInt64> {
            func draw(_ rule: UInt64, below limit: UInt64) -> UInt64 {
                limit == 0 ? 0 : random.draw(rule: rule, flow: 0, sequence: check) % limit
            }
            // An incident now and then: nothing is sent, and what waits is dropped at once.
            let isIncident = draw(0, below: 5) == 0
            metrics.eventsReceived += draw(1, below: isIncident ? 3 : 1000)
            let waiting = metrics.eventsReceived - metrics.eventsSent - metrics.eventsDropped
            metrics.eventsDropped += isIncident ? waiting : draw(2, below: waiting / 10)
            metrics.eventsSent += isIncident ? 0 : draw(3, below: waiting / 2)
            let totals = HealthTotals(metrics)
            let health = StatsClient.Health(metrics, since: window.baseline(of: totals, at: Self.at(check * 7)))
            #expect((0...1).contains(health.dropRate), "seed \(seed), check \(check)")
        }
    }

    @Test("losses of which the events came before the window are its drops, and all of them")
    func lateDrops() {
        var before = StatsClient.Metrics(bufferCapacity: 4096)
        before.eventsReceived = 1000
        var now = before
        now.eventsReceived = 1010
        now.eventsDropped = 1000
        #expect(StatsClient.Health(now, since: HealthTotals(before)).dropRate == 1)
        now.eventsSent = 10
        #expect(StatsClient.Health(now, since: HealthTotals(before)).dropRate == 1000.0 / 1010)
    }
}
