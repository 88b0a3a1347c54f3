import StatsModel
import Testing

@Suite("StatEvent.count") struct StatEventCountTests {
    @Test("a slot stands for as many events as it says, and then has no text", arguments: [1, 2, 57, 0xFF_FFFF] as [UInt32])
    func counts(count: UInt32) {
        let slot = StatEvent(metric: MetricID(3), value: 5, timestamp: 7, rate: 0.5, count: count, flags: .explicitTimestamp)
        #expect(slot.count == count && slot.text == 0)
        #expect(slot.flags == (count == 1 ? [.explicitTimestamp] : [.explicitTimestamp, .aggregate]))
    }

    @Test("a slot with a text stands for one event")
    func texts() {
        let slot = StatEvent(metric: MetricID(0), value: 0, timestamp: 0, text: 9)
        #expect(slot.text == 9 && slot.count == 1)
    }

    @Test("a record counts all it stands for; two that differ in their count say different things")
    func ledger() {
        var ledger = Ledger()
        ledger.recordLoss(.networkLoss, .counter, count: 57, content: 1)
        ledger.recordLoss(.networkLoss, .counter, content: 1)
        #expect(ledger.lost.counts[.counter] == 58 && ledger.lost.contents == 2)
        let none = ByteRange.empty
        let content = { (count: UInt32) in
            EventContent.hash(
                .counter, metricKey: 1, value: 5, rate: 1, timestamp: 0, flags: [], bytes: Span(), name: none, tags: none,
                extra: none, text: none, count: count)
        }
        #expect(content(2) != content(1) && content(2) != content(3))
    }
}
