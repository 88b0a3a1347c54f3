import StatsModel
import Synchronization
import Testing
import TestSupport

@testable import StatsPipeline

/// What a flush does with records that other threads are making at that moment: handles add up while the pipeline runs.
@Suite struct AggregateFlushTests {
    /// A pipeline that has sent one event of one metric.
    static func driver(_ offer: Offer) throws -> TestDriver {
        var driver = ClientAggregationTests.driver(.summarise)
        _ = driver.record(offer, at: .start)
        driver.pipeline.flush()
        try driver.pollAll(at: .start)
        return driver
    }

    /// Where handles of its metric add up.
    static func cell(of driver: borrowing TestDriver, _ type: MetricType) throws -> UInt {
        let metric = MetricID(UInt32(ClientPipeline.reservedMetrics))
        return try #require(driver.pipeline.aggregator?.cell(of: metric, type))
    }

    @Test("a value whose record comes after the flush waits for it, and goes out with it")
    func carried() throws {
        var driver = try Self.driver(Offer(.counter, "c", value: 1))
        let cell = try Self.cell(of: driver, .counter)
        AggregateStorage.add(0.5, to: cell &+ AggregateStorage.fractionOffset)
        driver.pipeline.flush()
        try driver.pollAll(at: .milliseconds(1))
        #expect(driver.arrivedEvents.map(\.value) == [1], "no event stands for it yet")
        unsafe AggregateStorage.word(cell &+ AggregateStorage.recordsOffset).pointee.wrappingAdd(1, ordering: .releasing)
        try driver.finish(at: .milliseconds(2))
        #expect(driver.arrivedEvents.map(\.value) == [1, 0.5])
        #expect(driver.arrivedEvents.map(\.count) == [1, 1])
        let addedUp = driver.pipeline.addedUpCount
        #expect(addedUp == 2)
    }

    @Test("a gauge whose set is counted after the flush is sent with its count, and its value is not lost")
    func gauge() throws {
        var driver = try Self.driver(Offer(.gauge, "g", value: 1))
        let cell = try Self.cell(of: driver, .gauge)
        AggregatedGauge.store(2, timestamp: 0, in: cell)
        // Stored, not yet counted.
        unsafe AggregateStorage.word(cell &+ AggregateStorage.latestOffset)
            .pointee.store(3.0.bitPattern, ordering: .relaxed)
        driver.pipeline.flush()
        try driver.pollAll(at: .milliseconds(1))
        #expect(driver.arrivedEvents.map(\.value) == [1, 3])
        unsafe AggregateStorage.word(cell &+ AggregateStorage.recordsOffset).pointee.wrappingAdd(1, ordering: .releasing)
        try driver.finish(at: .milliseconds(2))
        #expect(driver.arrivedEvents.map(\.value) == [1, 3, 3])
        #expect(driver.arrivedEvents.allSatisfy { $0.count == 1 })
    }

    @Test("what somebody is recording is flushed a millisecond later, also by a client that closes")
    func busy() throws {
        for closes in [false, true] {
            var driver = try Self.driver(Offer(.timing, "t", value: 1))
            let cell = try Self.cell(of: driver, .timing)
            let isRecorded = AggregatedSummary.record(7, rate: 1, cell: cell) == .aggregated
            let isIn = AggregatedSummary.enter(cell)
            #expect(isRecorded && isIn)
            if closes { driver.pipeline.close(at: .milliseconds(1)) } else { driver.pipeline.flush() }
            try driver.pollAll(at: .milliseconds(1))
            #expect(driver.arrivedEvents.map(\.value) == [1], "it may not be read")
            let (isFlushed, isClosed, deadline) = (
                driver.pipeline.isFlushed, driver.pipeline.isClosed, driver.pipeline.nextDeadline
            )
            #expect(!isFlushed && !isClosed && deadline == .milliseconds(2), "closes: \(closes)")
            try driver.pollAll(at: .milliseconds(2))
            AggregatedSummary.leave(cell)
            try driver.finish(at: .milliseconds(3))
            #expect(driver.arrivedEvents.map(\.value) == [1, 7])
            let end = (driver.pipeline.isFlushed, driver.pipeline.isClosed)
            #expect(end == (true, true))
        }
    }

    @Test("a process that ends leaves what is being recorded to its thread, and comes to an end")
    func crash() throws {
        var driver = try Self.driver(Offer(.timing, "t", value: 1))
        let cell = try Self.cell(of: driver, .timing)
        let isIn = AggregatedSummary.enter(cell)
        #expect(isIn)
        driver.pipeline.crash(at: .milliseconds(1))
        let isClosed = driver.pipeline.isClosed
        #expect(isClosed)
    }

    @Test("a level that found no room in a packet goes before the change that came meanwhile")
    func order() throws {
        let name = String(repeating: "n", count: 60)
        var driver = ClientAggregationTests.driver {
            $0.maximumPacketSize = 176
        }
        for number in 0..<8 { _ = driver.record(Offer(.gauge, "\(name)\(number)", value: Double(number)), at: .start) }
        driver.pipeline.flush()
        var changed = 0
        while try driver.poll(at: .milliseconds(1)) != nil {
            // Whatever the packet ended with, each gauge is changed once after its first packet went.
            if changed < 8 {
                let change = Offer(.gauge, "\(name)\(changed)", value: 100, flags: .gaugeDelta)
                _ = driver.record(change, at: .milliseconds(1))
                changed += 1
                driver.pipeline.flush()
            }
        }
        try driver.finish(at: .milliseconds(2))
        for number in 0..<8 {
            let values = driver.arrivedEvents.filter { $0.name == "\(name)\(number)" }.map(\.value)
            #expect(values == (number < changed ? [Double(number), 100] : [Double(number)]), "gauge \(number)")
        }
        #expect(driver.data.count > 3 && changed > 3)
        ClientAggregationTests.expectLaw(&driver)
    }
}
