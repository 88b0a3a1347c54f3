import StatsBuffers
package import StatsClient
package import StatsModel
import SystemIO

/// One client under load on loopback, our receiver decoding everything, and the books of both sides.
package struct LoadRun: Sendable {
    /// Calls of `record`, and those that the client refused or lost, whatever the cause.
    package var offered: UInt64 = 0
    package var dropped: UInt64 = 0
    /// Events that the client handed to the system.
    package var sent: UInt64 = 0
    package var arrivals = ArrivalCounts()
    /// From the first call to the last event decoded.
    package var seconds = 0.0
    /// How late each burst of an open-loop schedule began, in nanoseconds; empty where there was no schedule.
    package var lateness: [Double] = []

    /// No load yet.
    package init() {}

    /// Events delivered a second.
    package var deliveredPerSecond: Double { seconds > 0 ? Double(arrivals.events) / seconds : 0 }
    package var dropRate: Double { offered == 0 ? 0 : Double(dropped) / Double(offered) }
    /// What the books cannot explain: offered, less dropped and sent; and events missing although no packet is.
    package var unaccounted: Int64 {
        let client = Int64(offered) - Int64(dropped) - Int64(sent)
        let network = arrivals.lostPackets == 0 ? Int64(sent) - Int64(arrivals.events) : 0
        return client != 0 ? client : network
    }

    /// Every event recorded as fast as the client takes it. A full ring is an answer: the producer then sleeps 20 µs and
    /// tries again, and the refused call counts neither as offered nor as dropped.
    package static func saturate(
        producers: Int, events: Int, configuration: StatsClient.Configuration = StatsClient.Configuration()
    ) throws -> LoadRun {
        let receiver = try LoopbackReceiver()
        let client = try StatsClient(configuration: configuration, destination: receiver.destination)
        let clock = receiver.clock
        let share = events / producers
        let begin = clock.now
        let refusals = try ProducerTeam.run(producers) { number -> UInt64 in
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

    /// An open-loop schedule: event n of a producer is due at n / rate after the start, whatever client and receiver do.
    /// A producer that is late records everything due at once, and says how late it was.
    ///
    /// Each event's value is the time it was due, so that latency counts from there.
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
        let results = try ProducerTeam.run(producers) { number -> (UInt64, [Double]) in
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
