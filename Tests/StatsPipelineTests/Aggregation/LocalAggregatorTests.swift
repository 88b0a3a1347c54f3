import StatsModel
@testable import StatsPipeline
import TestSupport
import Testing

@Suite struct LocalAggregatorTests {
    static func aggregator(_ change: (inout AggregatorConfiguration) -> Void = { _ in }) -> LocalAggregator {
        var configuration = AggregatorConfiguration()
        configuration.metricLimit = 16
        change(&configuration)
        return LocalAggregator(configuration: configuration)
    }

    static func flush(_ aggregator: LocalAggregator) -> [AggregateRecord] {
        var records: [AggregateRecord] = []
        aggregator.flush { records.append($0) }
        return records
    }

    @Test("a counter adds up: ones, whole numbers, fractions, negative ones, rates; then begins again")
    func counters() throws {
        for stripes in [1, 4] {
            let aggregator = Self.aggregator { $0.stripeCount = stripes }
            let counter = try #require(aggregator.counter(MetricID(3)))
            #expect(Self.flush(aggregator).isEmpty, "a silent counter is left out")
            counter.increment(stripe: 1)
            for (index, value) in [1, 5, -2, 0.25, 3e9, 1_048_576, -1_048_577].enumerated() {
                #expect(counter.add(value, stripe: index) == .aggregated)
            }
            #expect(counter.add(2, rate: 0.25, stripe: -1) == .aggregated)
            let sum = 1.0 + 1 + 5 - 2 + 0.25 + 3e9 + 1_048_576 - 1_048_577 + 8
            #expect(
                Self.flush(aggregator) == [
                    AggregateRecord(metric: MetricID(3), value: .counter(sum: sum), recordCount: 9)
                ])
            #expect(Self.flush(aggregator).isEmpty)
            counter.increment()
            #expect(
                Self.flush(aggregator) == [AggregateRecord(metric: MetricID(3), value: .counter(sum: 1), recordCount: 1)])
        }
    }

    @Test("sums far beyond one word's share stay exact, upwards and downwards", arguments: [1.0, -1])
    func largeSums(sign: Double) throws {
        let aggregator = Self.aggregator()
        let counter = try #require(aggregator.counter(MetricID(0)))
        // 2^38 are reached after 2^18 additions of 2^20, and would be doubled, and lost, after as many again.
        let additions = 5 << 17
        for _ in 0..<additions { _ = counter.add(sign * 1_048_576) }
        _ = counter.add(-sign)
        let sum = sign * (Double(additions) * 1_048_576 - 1)
        #expect(
            Self.flush(aggregator) == [
                AggregateRecord(metric: MetricID(0), value: .counter(sum: sum), recordCount: UInt64(additions) + 1)
            ])
    }

    @Test("a packed word holds sum and records apart, and is half full at 2^38 or 2^23")
    func packed() {
        for sum in [0, 1, -1, 1 << 38 - 1, -(1 << 38) + 1, 1 << 39 - 1, -(1 << 39)] as [Int64] {
            for records in [0, 1, 1 << 23 - 1, 1 << 23, 1 << 24 - 1] as [UInt64] {
                let word = UInt64(bitPattern: sum) << 24 | records
                #expect(AggregateStorage.unpack(word) == (sum, records))
                let isHalfFull = sum.magnitude >= 1 << 38 || records >= 1 << 23
                #expect(AggregateStorage.isHalfFull(word) == isHalfFull, "\(sum), \(records)")
            }
        }
    }

    @Test("a counter whose sum is zero again is flushed all the same: its records count")
    func zeroSum() throws {
        let aggregator = Self.aggregator()
        let counter = try #require(aggregator.counter(MetricID(0)))
        _ = counter.add(4)
        _ = counter.add(-4)
        #expect(
            Self.flush(aggregator) == [AggregateRecord(metric: MetricID(0), value: .counter(sum: 0), recordCount: 2)])
    }

    @Test("what has no sum is passed through and spoils nothing", arguments: [Double.nan, .infinity, -.infinity])
    func notFinite(value: Double) throws {
        let aggregator = Self.aggregator { $0.timings = .summarise }
        let counter = try #require(aggregator.counter(MetricID(0)))
        let summary = try #require(aggregator.summary(MetricID(1)))
        counter.increment()
        #expect(counter.add(value) == .passThrough)
        #expect(counter.add(.greatestFiniteMagnitude, rate: 0.1) == .passThrough)
        #expect(summary.record(value) == .passThrough)
        #expect(
            Self.flush(aggregator) == [AggregateRecord(metric: MetricID(0), value: .counter(sum: 1), recordCount: 1)])
    }

    @Test("metrics come in the order of their numbers; numbers beyond the limit have no handle")
    func order() throws {
        let aggregator = Self.aggregator()
        for number in [9, 2, 15, 0] as [UInt32] { try #require(aggregator.counter(MetricID(number))).increment() }
        #expect(Self.flush(aggregator).map(\.metric.rawValue) == [0, 2, 9, 15])
        #expect(aggregator.counter(MetricID(16)) == nil)
        let beyond = StatEvent(metric: MetricID(16), value: 1, timestamp: 0)
        #expect(aggregator.record(beyond, type: .counter) == .passThrough)
    }

    @Test("a gauge sends its latest value, whatever it is, and nothing where none was set")
    func gauges() throws {
        let aggregator = Self.aggregator { $0.stripeCount = 2 }
        let gauge = try #require(aggregator.gauge(MetricID(1)))
        #expect(Self.flush(aggregator).isEmpty)
        for latest in [0, -0.0, 7.5, .infinity, -3] {
            #expect(gauge.set(99, timestamp: 7) == .aggregated)
            #expect(gauge.set(latest, timestamp: 7) == .aggregated)
            #expect(
                Self.flush(aggregator) == [
                    AggregateRecord(metric: MetricID(1), value: .gauge(latest: latest, timestamp: 7), recordCount: 2)
                ])
            #expect(Self.flush(aggregator).isEmpty, "a value is sent once")
        }
        for bits in 0x7FF8_0000_0000_0000...0x7FF8_0000_0000_0003 as ClosedRange<UInt64> {
            #expect(gauge.set(Double(bitPattern: bits), timestamp: 7) == .aggregated)
        }
        #expect(gauge.set(Double(bitPattern: 0x7FF8_DEAD_0000_0001), timestamp: 7) == .aggregated)
        let records = Self.flush(aggregator)
        guard case .gauge(let latest, _) = records.first?.value else { return #expect(Bool(false), "not a number is a value") }
        #expect(latest.isNaN && records.count == 1)
    }

    @Test("a gauge's first change ends its aggregation: the value waiting goes first, everything after it in order")
    func gaugeChanges() throws {
        let aggregator = Self.aggregator()
        let metric = MetricID(4)
        func record(_ value: Double, _ flags: EventFlags = []) -> AggregateResult {
            aggregator.record(StatEvent(metric: metric, value: value, timestamp: 7, flags: flags), type: .gauge)
        }
        #expect(record(5) == .aggregated)
        #expect(record(6) == .aggregated)
        let waiting = AggregateRecord(metric: metric, value: .gauge(latest: 6, timestamp: 7), recordCount: 2)
        #expect(record(1, .gaugeDelta) == .passThroughAfter(waiting))
        #expect(record(-1, .gaugeDelta) == .passThrough)
        #expect(record(9) == .passThrough)
        #expect(Self.flush(aggregator).isEmpty)
    }

    @Test("timings pass through, unless they are to be summarised: then rates weigh count and sum")
    func timings() throws {
        #expect(Self.aggregator().summary(MetricID(0)) == nil)
        let timing = StatEvent(metric: MetricID(0), value: 12, timestamp: 0)
        #expect(Self.aggregator().record(timing, type: .timing) == .passThrough)

        let aggregator = Self.aggregator { $0.timings = .summarise; $0.stripeCount = 2 }
        let summary = try #require(aggregator.summary(MetricID(0)))
        #expect(summary.record(8, stripe: 0) == .aggregated)
        #expect(summary.record(-2, rate: 0.5, stripe: 1) == .aggregated)
        #expect(summary.record(3, rate: 0.25, stripe: 1) == .aggregated)
        let expected = ValueSummary(count: 7, sum: 16, minimum: -2, maximum: 8)
        #expect(
            Self.flush(aggregator) == [AggregateRecord(metric: MetricID(0), value: .summary(expected), recordCount: 3)])
        #expect(aggregator.record(timing, type: .histogram) == .aggregated)
        let next = ValueSummary(count: 1, sum: 12, minimum: 12, maximum: 12)
        #expect(
            Self.flush(aggregator) == [AggregateRecord(metric: MetricID(0), value: .summary(next), recordCount: 1)],
            "minimum and maximum begin again")
    }

    @Test("events, checks and what states its own time pass through")
    func passThrough() {
        let aggregator = Self.aggregator { $0.timings = .summarise }
        for (number, type) in MetricType.allCases.enumerated() {
            let event = StatEvent(
                metric: MetricID(UInt32(number)), value: 1, timestamp: 5, flags: .explicitTimestamp)
            #expect(aggregator.record(event, type: type) == .passThrough)
        }
        let event = StatEvent(metric: MetricID(0), value: 1, timestamp: 5)
        for type in [MetricType.event, .serviceCheck, .set] {
            #expect(aggregator.record(event, type: type) == .passThrough)
        }
        #expect(Self.flush(aggregator).isEmpty)
    }

    @Test("a set's members leave once each with how often they came; what cannot be kept passes and is counted")
    func sets() {
        let aggregator = Self.aggregator { $0.memberLimit = 3; $0.memberByteLimit = 100 }
        func record(_ member: String, _ metric: UInt32 = 0) -> AggregateResult {
            let bytes = Array(member.utf8)
            return aggregator.recordMember(MetricID(metric), bytes.span, 0..<bytes.count)
        }
        func flush() -> [String] {
            var members: [String] = []
            aggregator.flush({ _ in Issue.record("only members") }) { set, count, bytes in
                let text = String(decoding: (0..<bytes.count).map { bytes[$0] }, as: UTF8.self)
                members.append("\(set.rawValue) \(text) \(count)")
            }
            return members
        }
        for member in ["alice", "alice", "bob", "alice"] { #expect(record(member) == .aggregated) }
        #expect(record("alice", 1) == .aggregated, "another set's member")
        for _ in 0..<2 { #expect(record("carol") == .passThrough, "no room: sent on its own rather than lost") }
        #expect(flush() == ["0 alice 3", "0 bob 1", "1 alice 1"])
        #expect(flush().isEmpty)
        #expect(record("carol") == .aggregated, "a new interval has room again")
        #expect(flush() == ["0 carol 1"])
    }

    @Test(
        "fault 20: however many threads count while it is flushed, the sum of all flushes is the sum of all records",
        .timeLimit(.minutes(1)), arguments: [1, 4])
    func sumOfFlushes(stripes: Int) {
        let perThread = 100_000
        let aggregator = Self.aggregator { $0.stripeCount = stripes }
        // The counters are first used by all threads at once, so that a second making of one would show as well.
        let countdown = ThreadCountdown(threads: 3)
        var flushed = [Double](repeating: 0, count: 4)
        var records = [UInt64](repeating: 0, count: 4)
        var flushes = 0
        func take() {
            flushes += 1
            aggregator.flush { record in
                guard case .counter(let sum) = record.value else { return }
                flushed[record.metric.index] += sum
                records[record.metric.index] += record.recordCount
            }
        }
        let threads = (0..<3).map { index in
            RunningThread(index) { index in
                for number in 0..<perThread {
                    // Ones, whole numbers, and quarters, whose sums are exact; and one of each through an event.
                    aggregator.counter(MetricID(0))?.increment(stripe: index)
                    _ = aggregator.counter(MetricID(1))?.add(Double(number % 7), stripe: index)
                    _ = aggregator.counter(MetricID(2))?.add(0.25, stripe: index)
                    let event = StatEvent(metric: MetricID(3), value: 1, timestamp: 0, rate: 0.5)
                    _ = aggregator.record(event, type: .counter, stripe: index)
                }
                countdown.finish()
            }
        }
        while !countdown.isDone {
            take()
            yieldProcessor()
        }
        for thread in threads { thread.join() }
        take()
        let sevenths = Double(3 * (0..<perThread).reduce(0) { $0 + $1 % 7 })
        let total = Double(3 * perThread)
        #expect(flushed == [total, sevenths, total / 4, total * 2])
        #expect(records == Array(repeating: UInt64(3 * perThread), count: 4))
        #expect(flushes > 2, "it must have been flushed meanwhile")
    }

    @Test(
        "fault 20: summaries and gauges lose nothing either: aggregated or passed through, each record once",
        .timeLimit(.minutes(1)), arguments: [1, 2])
    func summariesAndGauges(stripes: Int) throws {
        let perThread = 60_000
        let aggregator = Self.aggregator { $0.timings = .summarise; $0.stripeCount = stripes }
        let summary = try #require(aggregator.summary(MetricID(0)))
        let gauge = try #require(aggregator.gauge(MetricID(1)))
        let countdown = ThreadCountdown(threads: 2)
        let threads = (0..<2).map { index in
            RunningThread(index) { index in
                var passed = 0
                for number in 0..<perThread {
                    if summary.record(Double(number % 100 + 1), stripe: index) == .passThrough { passed += 1 }
                    _ = gauge.set(Double(number), timestamp: 7)
                }
                countdown.finish()
                return passed
            }
        }
        var records: UInt64 = 0
        var sets: UInt64 = 0
        var wrong = 0
        var latest = -1.0
        func take() {
            aggregator.flush { record in
                switch record.value {
                case .summary(let part):
                    records += record.recordCount
                    // Whole: never the count of one record with the minimum of another interval.
                    if part.count != Double(record.recordCount) || part.minimum < 1 || part.maximum > 100
                        || part.minimum > part.maximum || part.sum < part.minimum * part.count
                        || part.sum > part.maximum * part.count
                    {
                        wrong += 1
                    }
                case .gauge(let value, _):
                    sets += record.recordCount
                    latest = value
                case .counter: wrong += 1
                }
            }
        }
        while !countdown.isDone {
            take()
            yieldProcessor()
        }
        let passed = threads.reduce(0) { $0 + $1.join() }
        _ = gauge.set(-5, timestamp: 7)
        take()
        #expect(Int(records) + passed == 2 * perThread)
        #expect(Int(sets) == 2 * perThread + 1)
        #expect(latest == -5)
        #expect(wrong == 0)
    }

    @Test("a metric keeps its type, and a rate outside (0, 1] traps")
    func programmerErrors() async {
        await #expect(processExitsWith: .failure) {
            let aggregator = LocalAggregator()
            _ = aggregator.counter(MetricID(0))
            _ = aggregator.gauge(MetricID(0))
        }
        await #expect(processExitsWith: .failure) { _ = LocalAggregator().counter(MetricID(0))?.add(1, rate: 0) }
    }

    struct Case: CustomTestStringConvertible, Sendable {
        let field: String
        let change: @Sendable (inout AggregatorConfiguration) -> Void
        var testDescription: String { field }
    }

    @Test(
        "a configuration out of range names the field",
        arguments: [
            Case(field: "metricLimit") { $0.metricLimit = 0 },
            Case(field: "stripeCount") { $0.stripeCount = 3 },
            Case(field: "memberLimit") { $0.memberLimit = 0 },
            Case(field: "memberByteLimit") { $0.memberByteLimit = -1 },
        ])
    func configuration(row: Case) throws {
        var configuration = AggregatorConfiguration()
        try configuration.validate()
        row.change(&configuration)
        let error = #expect(throws: ConfigurationError.self) { try configuration.validate() }
        #expect(error?.field == row.field)
    }
}
