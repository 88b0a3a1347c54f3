import StatsModel
import SystemIO

/// Measures every row of the guide's table of performance targets on this machine.
///
/// The guide's "GC pause" does not exist in Swift. Two rows replace it: the longest stalls of `record` (p99.99 and maximum,
/// with the limits of the pause), and the allocations per event.
package struct BenchSuite {
    package let plan: BenchPlan
    private let say: (String) -> Void
    private let memory: (MemoryQuestion) throws -> MemoryProbe.Growth?

    /// - Parameters:
    ///   - say: called with the name of the next measurement
    ///   - memory: runs one round of ``MemoryProbe`` in a separate process
    package init(
        plan: BenchPlan, memory: @escaping (MemoryQuestion) throws -> MemoryProbe.Growth?, say: @escaping (String) -> Void = { _ in }
    ) {
        self.plan = plan
        self.memory = memory
        self.say = say
    }

    /// Throws if there is no socket or thread.
    package func run() throws -> BenchReport {
        var report = BenchReport(machine: .current, plan: plan)
        try measurePush(into: &report)
        try measureLatency(into: &report)
        try measureThroughput(into: &report)
        try measureMemory(into: &report)
        try measureAllocations(into: &report)
        try measureOverload(into: &report)
        return report
    }

    private func rounds<Value>(_ title: String, _ body: () throws -> Value) throws -> [Value] {
        var values: [Value] = []
        for number in 1...plan.rounds {
            say("\(title), round \(number) of \(plan.rounds)")
            values.append(try body())
        }
        return values
    }

    private func measurePush(into report: inout BenchReport) throws {
        let rounds = try rounds("push latency") { try PushLatency.measure(calls: plan.timedCalls) }
        let overhead = BenchUnit.nanoseconds.text(Quantiles.median(rounds.map(\.overhead)) ?? 0)
        let method =
            "\(plan.timedCalls) single calls a round, in bursts of \(PushLatency.burst), each between two fenced reads of the"
            + " processor's counter, less an empty pair (\(overhead)); the first burst is warm-up"
        let push = BenchBar(.below, target: 100, excellent: 50, poor: 1000)
        let stall = BenchBar(.below, target: 10e6, excellent: 1e6, poor: 50e6)
        report.add("push_latency_p50", "push latency, p50", .nanoseconds, push, rounds.map(\.p50), method)
        report.add("push_latency_p99", "push latency, p99", .nanoseconds, push, rounds.map(\.p99), method)
        report.add("push_latency_p9999", "longest stall, p99.99", .nanoseconds, stall, rounds.map(\.p9999), method)
        report.add("push_latency_max", "longest stall, maximum", .nanoseconds, stall, rounds.map(\.maximum), method)
    }

    private func measureLatency(into report: inout BenchReport) throws {
        let runs = try rounds("end-to-end latency") {
            try LoadRun.offer(
                producers: 1, eventsPerSecond: plan.latencyEventsPerSecond, duration: plan.loadDuration,
                measuresLatency: true)
        }
        for run in runs { report.audit(run) }
        report.add(
            "end_to_end_latency_p99", "end-to-end latency, p99", .nanoseconds,
            BenchBar(.below, target: 100e6, excellent: 50e6, poor: 1e9),
            runs.compactMap { Quantiles.rank(0.99, ofSorted: $0.arrivals.latencies.sorted()) },
            "from the time an event was due to its decoding by our receiver on loopback, default client,"
                + " \(BenchUnit.eventsPerSecond.text(plan.latencyEventsPerSecond)) in an open-loop schedule; "
                + Self.lateness(runs))
    }

    private func measureThroughput(into report: inout BenchReport) throws {
        for producers in [1, 2, 4] {
            let title = "throughput, \(producers) producer\(producers == 1 ? "" : "s")"
            let runs = try rounds(title) { try LoadRun.saturate(producers: producers, events: plan.throughputEvents) }
            for run in runs { report.audit(run) }
            let lost = runs.map { $0.arrivals.packetLoss }.max() ?? 0
            report.add(
                "throughput_\(producers)", title, .eventsPerSecond,
                BenchBar(.above, target: 100e3, excellent: 500e3, poor: 10e3), runs.map(\.deliveredPerSecond),
                "events decoded by our receiver on loopback, \(plan.throughputEvents) a round as fast as one client takes them"
                    + " (a full ring: sleep 20 µs, try again); packets lost in the socket at worst \(BenchUnit.share.text(lost)),"
                    + " not counted as delivered")
        }
    }

    private func measureMemory(into report: inout BenchReport) throws {
        let burst = try rounds("memory of 10 000 events") { try memory(MemoryQuestion(events: 10_000, isDefault: false)) }
        let long = try rounds("memory of the default client") {
            try memory(MemoryQuestion(events: plan.memoryEvents, isDefault: true))
        }
        let unknown = "this system does not tell a process's memory"
        report.add(
            "memory_per_10k_events", "memory per 10 000 events", .bytes,
            BenchBar(.below, target: 1e6, excellent: 500e3, poor: 5e6),
            burst.compactMap { $0.map { Double($0.all - $0.first) } },
            burst.contains(nil)
                ? unknown
                : "growth of a fresh process's private memory from one event to 10 000 more in one burst, into a ring of 16 384 slots")
        report.add(
            "memory_default_client", "memory of the default client", .bytes,
            BenchBar(.below, target: 2e6, excellent: 1e6, poor: 5e6), long.compactMap { $0.map { Double($0.all) } },
            long.contains(nil)
                ? unknown
                : "growth of a fresh process's private memory by one default client that sent"
                    + " \(plan.memoryEvents) events; after the first it was"
                    + " \(BenchUnit.bytes.text(Quantiles.median(long.compactMap { $0.map { Double($0.first) } }) ?? 0))"
                    + " (no bars in the guide: 2 MB is ours)")
    }

    private func measureAllocations(into report: inout BenchReport) throws {
        let values = try rounds("allocations") { try AllocationProbe.perEvent(events: plan.countedEvents) }
        report.add(
            "allocations_per_event", "allocations per event", .count,
            BenchBar(.below, target: 0.001, excellent: 0, poor: 1), values.compactMap { $0 },
            AllocationProbe.isCounted
                ? "requests to the heap of the whole process, worker included, over \(plan.countedEvents) events of a warm client"
                : "nobody counts here: another heap than glibc's")
    }

    private func measureOverload(into report: inout BenchReport) throws {
        let rate = 3 * plan.ratedEventsPerSecond
        let runs = try rounds("three times the rated load") {
            try LoadRun.offer(producers: 2, eventsPerSecond: rate, duration: plan.loadDuration)
        }
        for run in runs { report.audit(run) }
        let method =
            "\(BenchUnit.eventsPerSecond.text(rate)) offered by 2 producers, three times the rated"
            + " \(BenchUnit.eventsPerSecond.text(plan.ratedEventsPerSecond)) (the guide's excellent), in an open-loop schedule; "
            + Self.lateness(runs)
        report.add(
            "drop_rate_3x", "drop rate at 3 x the rated load", .share,
            BenchBar(.below, target: 0.05, excellent: 0.01, poor: 0.10), runs.map(\.dropRate), method)
        report.add(
            "packet_loss", "packet loss on loopback", .share,
            BenchBar(.below, target: 0.02, excellent: 0.005, poor: 0.05), runs.map { $0.arrivals.packetLoss },
            "packets whose numbers never came to our receiver, in the runs of the row above")
    }

    /// The actual lateness of the schedule, over all rounds.
    private static func lateness(_ runs: [LoadRun]) -> String {
        let sorted = runs.flatMap(\.lateness).sorted()
        guard let p50 = Quantiles.rank(0.5, ofSorted: sorted), let p99 = Quantiles.rank(0.99, ofSorted: sorted),
            let worst = sorted.last
        else { return "no schedule was kept" }
        let text = BenchUnit.nanoseconds.text
        return "bursts began late by \(text(p50)) (p50), \(text(p99)) (p99), \(text(worst)) (worst)"
    }
}
