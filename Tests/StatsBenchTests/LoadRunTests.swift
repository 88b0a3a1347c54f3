import StatsBench
import StatsModel
import Testing

/// Measures really run, small: what they count must add up, whatever the machine's speed.
@Suite(.serialized) struct LoadRunTests {
    @Test("fault 21: every event of an open-loop load is delivered, dropped or in a lost packet", arguments: [1, 3])
    func offer(_ producers: Int) throws {
        let run = try LoadRun.offer(
            producers: producers, eventsPerSecond: 60_000, duration: .milliseconds(50), measuresLatency: true)
        #expect(run.offered == 3000)
        #expect(run.unaccounted == 0)
        #expect(run.arrivals.events > 0)
        #expect(run.arrivals.unreadable == 0)
        #expect(UInt64(run.arrivals.latencies.count) == run.arrivals.events)
        #expect(run.arrivals.latencies.allSatisfy { $0 > 0 && $0 < 60e9 })
        #expect(!run.lateness.isEmpty)
        #expect(run.lateness.allSatisfy { $0 >= 0 })
    }

    @Test("a saturated client counts each event once, retried calls aside", arguments: [1, 2])
    func saturate(_ producers: Int) throws {
        let run = try LoadRun.saturate(producers: producers, events: 40_000)
        #expect(run.offered == 40_000)
        #expect(run.unaccounted == 0)
        #expect(run.dropped == 0)
        if run.arrivals.lostPackets == 0 { #expect(run.arrivals.valueSum == 40_000) }
        #expect(run.deliveredPerSecond > 0)
    }

    @Test("fault 22: single calls are timed in order: median, far quantiles, maximum")
    func push() throws {
        let push = try PushLatency.measure(calls: 4000)
        #expect(push.p50 <= push.p99 && push.p99 <= push.p9999 && push.p9999 <= push.maximum)
        #expect(push.maximum > 0)
        #expect(push.overhead > 0)
    }
}
