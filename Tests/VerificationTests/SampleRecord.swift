import NetworkEmulator
import ReplayEngine
import StatsModel

/// A sound record to break in tests: 1000 counters, 100 timings, 10 events; one packet of 20 counters lost.
func sampleRecord(lossPercent: UInt64 = 3) -> RunRecord {
    var scenario = Scenario()
    scenario.impairments.loss = Ratio(lossPercent, outOf: 100)
    var record = RunRecord(
        capture: CaptureIdentity(name: "sample.pcapng", path: "captures/sample.pcapng", byteCount: 12_345, crc32: 0x1A2B),
        scenario: scenario)
    record.source.datagrams = 1110
    for number in 0..<1000 as Range<UInt64> {
        record.ledger.offered.add(.counter, content: number)
        if number < 20 {
            record.ledger.recordLoss(.networkLoss, .counter, content: number)
        } else {
            record.ledger.delivered.add(.counter, content: number)
        }
    }
    for number in 0..<100 as Range<UInt64> {
        record.ledger.offered.add(.timing, content: number)
        record.ledger.delivered.add(.timing, content: number)
    }
    for number in 0..<10 as Range<UInt64> {
        record.ledger.offered.add(.event, content: number)
        record.ledger.delivered.add(.event, content: number)
    }
    record.packets.sent = 50
    record.packets.delivered = 49
    record.packets.dropped = 1
    record.gaps.injected = 1
    record.gaps.found = 1
    record.gapRanges.append(17)
    record.gapRanges.finish()
    record.metrics = [
        MetricOutcome(
            type: .counter, label: "http.requests", offered: 1000, delivered: 980, offeredValue: 1000.5, deliveredValue: 980),
        MetricOutcome(
            type: .timing, label: "http.latency{env:prod}", offered: 100, delivered: 100, offeredValue: 512.25,
            deliveredValue: 512.25),
    ]
    return record
}
