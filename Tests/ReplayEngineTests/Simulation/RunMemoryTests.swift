import StatsModel
import StatsWire
import Testing

@testable import StatsReceiver
@testable import ReplayEngine

@Suite("Memory of many metrics") struct RunMemoryTests {
    private static func recorded(_ count: Int, _ type: MetricType, unsorted: Bool = false) -> (MetricCatalog, EventSums) {
        var catalog = MetricCatalog()
        var sums = EventSums()
        for number in 0..<count {
            let name = Array("service.requests.\(number)".utf8)
            let tags = unsorted ? Array("zone:b,env:prod".utf8) : []
            let bytes = name + tags
            let event = DecodedEvent(
                type: type, value: 1.5, name: ByteRange(0..<name.count), tags: ByteRange(name.count..<bytes.count))
            sums.record(event, bytes: bytes.span, timestamp: 7, in: &catalog)
        }
        return (catalog, sums)
    }

    @Test("a metric costs 24 bytes a side beside its name, one with a spread 64", arguments: [
        (MetricType.counter, 24), (.gauge, 24), (.set, 24), (.timing, 64), (.distribution, 64),
    ])
    func bytes(type: MetricType, cost: Int) {
        let count = 1 << 16
        let (catalog, sums) = Self.recorded(count, type)
        // What arrays keep in reserve is at most as much again.
        #expect(sums.byteCount < count * cost * 2 + 4096 && sums.byteCount >= count * cost, "\(sums.byteCount)")
        #expect(catalog.count == count && catalog.byteCount < count * 128, "\(catalog.byteCount)")
    }

    @Test("tags in an order of their own cost nothing while a metric came once")
    func aliases() {
        let (sorted, _) = Self.recorded(10_000, .counter, unsorted: true)
        #expect(sorted.count == 10_000 && sorted.rowCount == 10_000)
    }

    @Test("cells say what the numbers of a metric are, and others nothing")
    func cells() {
        var cells = MetricCells()
        func record(_ number: UInt32, _ type: MetricType, _ value: Double, rate: Double = 1, at time: Int64 = 5, flags: EventFlags = []) {
            cells.record(
                MetricID(number), type, value: value, rate: rate, count: 1, flags: flags, timestamp: time, member: 9)
        }
        record(3, .counter, -2)
        record(3, .counter, 1, rate: 0.3)
        record(7, .timing, 4)
        record(7, .timing, -1)
        record(8, .gauge, 4, at: -9)
        record(8, .gauge, 2, flags: .gaugeDelta)
        record(8, .gauge, 1, at: -20)
        record(9, .set, 0)
        record(9, .set, 0)
        let counter = cells.numbers(of: MetricID(3), .counter)
        #expect(counter.events == 2 && counter.sum == 1 / 0.3 - 2 && counter.weighted.magnitude == 2 + 1 / 0.3 && !counter.weighted.isWhole)
        let timing = cells.numbers(of: MetricID(7), .timing)
        #expect(timing.minimum == -1 && timing.maximum == 4 && timing.sum == 3 && timing.weighted.isWhole && timing.weighted.magnitude == 5)
        let gauge = cells.numbers(of: MetricID(8), .gauge)
        #expect(gauge.level == 6 && gauge.levelTimestamp == 5 && gauge.events == 3)
        #expect(cells.numbers(of: MetricID(9), .set).members == 18)
        #expect(cells.numbers(of: MetricID(4), .counter) == MetricNumbers() && cells.numbers(of: MetricID(99), .counter).events == 0)
    }

    @Test("outcomes make their elements when they are asked, the same each time")
    func outcomes() throws {
        let capture = try SyntheticCapture(lines: mixedLines(seed: 3, count: 400))
        let record = try capture.replay()
        let listed = MetricOutcomes(Array(record.metrics))
        #expect(listed == record.metrics && record.metrics.count > 40)
        #expect(zip(listed, record.metrics.unlabelled).allSatisfy { $0.offered == $1.offered && $1.label.isEmpty && $0.type == $1.type })
        let order = record.metrics.map { "\($0.type.rawValue) \($0.label)" }
        #expect(order == order.sorted())
    }
}
