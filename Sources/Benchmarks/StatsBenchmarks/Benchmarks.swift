import Benchmark
import StatsBench

/// Processor time of one operation in picoseconds. Whole nanoseconds would be too coarse for the fastest operations.
private let processorTime = BenchmarkMetric.custom(
    "processor time per operation (ps)", polarity: .prefersSmaller, useScalingFactor: false)

/// Heap allocations per thousand operations, counted by our own counter. The package's counter reads 0 if it is built without
/// its interposer.
private let allocations = BenchmarkMetric.custom(
    "allocations per 1000 operations", polarity: .prefersSmaller, useScalingFactor: false)

/// Wall time of one operation in picoseconds, where several threads work together.
private let wallTime = BenchmarkMetric.custom(
    "wall time per operation (ps)", polarity: .prefersSmaller, useScalingFactor: false)

/// The limit of the time, reported beside it, so that a script that prints both needs no limits of its own.
private let barTime = BenchmarkMetric.custom("bar per operation (ps)", polarity: .prefersSmaller, useScalingFactor: false)

private func settings(_ metrics: [BenchmarkMetric]) -> Benchmark.Configuration {
    .init(metrics: metrics, warmupIterations: 3, maxDuration: .milliseconds(700), maxIterations: 300)
}

let benchmarks: @Sendable () -> Void = {
    for path in HotPath.all {
        Benchmark(path.name, configuration: settings([processorTime, allocations, barTime])) { (benchmark: Benchmark, loop: HotLoop) throws -> Void in
            var time = 0.0
            benchmark.startMeasurement()
            let count = AllocationProbe.allocations { time = loop.time(path.batch) }
            benchmark.stopMeasurement()
            benchmark.measurement(processorTime, Int((time * 1000).rounded()))
            if let bar = path.bar { benchmark.measurement(barTime, Int(bar * 1000)) }
            if let count { benchmark.measurement(allocations, count * 1000 / path.batch) }
            try loop.settle()
        } setup: { () throws -> HotLoop in
            let loop = try path.prepare()
            loop.run(path.batch)
            try loop.settle()
            return loop
        }
    }

    for threads in [1, 2, 4] {
        Benchmark("record on a handle, \(threads) threads", configuration: settings([processorTime])) { (benchmark: Benchmark) throws -> Void in
            let time = try RecordScaling.nanosecondsPerCall(threads: threads, calls: 2000)
            benchmark.measurement(processorTime, Int((time * 1000).rounded()))
        }
    }
    Benchmark("ring, two threads, events of 32 bytes", configuration: settings([wallTime])) { (benchmark: Benchmark) throws -> Void in
        benchmark.measurement(wallTime, Int((1e12 / (try RingPair.events(count: 1_000_000))).rounded()))
    }
    Benchmark("ring, two threads, elements of 64 bytes", configuration: settings([wallTime])) { (benchmark: Benchmark) throws -> Void in
        benchmark.measurement(wallTime, Int((1e12 / (try RingPair.wide(count: 1_000_000))).rounded()))
    }
    Benchmark(
        "end to end, one client, our receiver",
        configuration: .init(metrics: [wallTime, barTime], warmupIterations: 1, maxDuration: .seconds(3), maxIterations: 10)
    ) { (benchmark: Benchmark) throws -> Void in
        let run = try LoadRun.saturate(producers: 1, events: 2_000_000)
        precondition(run.unaccounted == 0, "every event is delivered or counted as lost")
        benchmark.measurement(wallTime, Int((1e12 / run.deliveredPerSecond).rounded()))
        // 200 000 ps per event are five million events per second.
        benchmark.measurement(barTime, 200_000)
    }
}
