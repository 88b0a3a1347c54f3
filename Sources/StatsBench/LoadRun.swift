import StatsBuffers
package import StatsClient
package import StatsModel
import SystemIO

/// A run of one client under load on loopback. Our receiver decodes everything, and both sides keep accounts.
package struct LoadRun: Sendable {
    /// Calls of `record`.
    package var offered: UInt64 = 0
    /// Events that the client refused or lost, for any cause.
    package var dropped: UInt64 = 0
    /// Events that the client handed to the system.
    package var sent: UInt64 = 0
    /// The packets and events that the receiver accepted.
    package var arrivals = ArrivalCounts()
    /// The time from the first call to the last event decoded.
    package var seconds = 0.0
    /// How late each burst of an open-loop schedule began, in nanoseconds; empty without a schedule.
    package var lateness: [Double] = []

    /// A run without any load.
    package init() {}

    /// Events delivered per second.
    package var deliveredPerSecond: Double { seconds > 0 ? Double(arrivals.events) / seconds : 0 }
    /// The share of the calls whose events were refused or lost; 0 without calls.
    package var dropRate: Double { offered == 0 ? 0 : Double(dropped) / Double(offered) }
    /// Events that the accounting cannot explain: offered minus dropped and sent. Where that is 0, the sent events that did not
    /// arrive although no packet was lost.
    package var unaccounted: Int64 {
        let client = Int64(offered) - Int64(dropped) - Int64(sent)
        let network = arrivals.lostPackets == 0 ? Int64(sent) - Int64(arrivals.events) : 0
        return client != 0 ? client : network
    }

    /// Records every event as fast as the client accepts it. If the ring is full, the producer sleeps 20 µs and tries again. A
    /// refused call then counts neither as offered nor as dropped.
    package static func saturate(
        producers: Int, events: Int, configuration: StatsClient.Configuration = StatsClient.Configuration()
    ) throws -> LoadRun {
        let receiver = try LoopbackReceiver()
        let client = try StatsClient(configuration: configuration, destination: receiver.destination)
        let clock = receiver.clock
        let share = events / producers
        let begin = clock.now
        let refusals = try ProducerThreads.run(producers) { number -> UInt64 in
            let counter = client.counter("bench.requests", tags: ["producer": "\(number)", "env": "bench"])
            guard let spot = try? ParkingSpot() else { return 0 }
            var refused: UInt64 = 0
            for _ in 0..<share {
                while counter.increment() != .buffered {
                    refused += 1
                    _ = spot.park(timeout: .microseconds(20))
                }
            }
            return refused
        }
        var run = try LoadRun(ending: client, receiver, since: begin)
        let retried = refusals.reduce(0, +)
        run.offered = UInt64(share * producers)
        run.dropped -= min(run.dropped, retried)
        return run
    }

    /// Records by an open-loop schedule: event n of a producer is due n / rate after the start, whatever client and receiver
    /// do. A late producer records all due events at once, and reports how late it was.
    ///
    /// The value of an event is its due time, so that latency is measured from there.
    package static func offer(
        producers: Int, eventsPerSecond: Double, duration: Nanoseconds, measuresLatency: Bool = false,
        configuration: StatsClient.Configuration = StatsClient.Configuration()
    ) throws -> LoadRun {
        let receiver = try LoopbackReceiver(measuresLatency: measuresLatency)
        let client = try StatsClient(configuration: configuration, destination: receiver.destination)
        let clock = receiver.clock
        let begin = clock.now + .milliseconds(1)
        let each = eventsPerSecond / Double(producers)
        let count = UInt64(Double(duration.rawValue) / 1e9 * each)
        let results = try ProducerThreads.run(producers) { number -> (UInt64, [Double]) in
            let timing = client.timing("bench.latency", tags: ["producer": "\(number)", "env": "bench"])
            var schedule = OpenLoop(begin: begin, eventsPerSecond: each, count: count)
            guard let spot = try? ParkingSpot() else { return (0, []) }
            var lateness: [Double] = []
            while let due = schedule.nextDue {
                var now = clock.now
                while now < due {
                    _ = spot.park(timeout: due - now)
                    now = clock.now
                }
                lateness.append(Double((now - due).rawValue))
                while let next = schedule.take(until: now) { timing.record(milliseconds: Double(next.nanoseconds)) }
            }
            return (schedule.taken, lateness)
        }
        var run = try LoadRun(ending: client, receiver, since: begin)
        run.offered = results.reduce(0) { $0 + $1.0 }
        run.lateness = results.flatMap(\.1)
        return run
    }

    private init(ending client: StatsClient, _ receiver: LoopbackReceiver, since begin: Instant) throws(SystemError) {
        let report = try client.shutdownBlocking(within: .seconds(10))
        sent = report.sent
        dropped = report.lost
        arrivals = receiver.finish()
        let last = max(arrivals.lastArrival, begin)
        seconds = Double((last - begin).rawValue) / 1e9
    }
}
