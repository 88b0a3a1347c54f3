import StatsModel
import Testing

@Suite("Ledger") struct LedgerTests {
    @Test("balances when every event is delivered or lost under a name, and says by how much it does not")
    func balance() {
        var ledger = Ledger()
        for number in 0..<10 as Range<UInt64> { ledger.offered.add(.timing, content: number) }
        for number in 0..<7 as Range<UInt64> { ledger.delivered.add(.timing, content: number) }
        #expect(ledger.imbalance == [.timing: 3])
        ledger.recordLoss(.networkLoss, .timing, content: 7)
        ledger.recordLoss(.bufferFull, .timing, content: 8)
        ledger.recordLoss(.corruption, .timing, content: 9)
        #expect(ledger.imbalance.isEmpty && ledger.contentsBalance)
        ledger.delivered.add(.counter, content: 0)
        #expect(ledger.imbalance == [.counter: -1])
    }

    @Test("an event that changed on its way shows although the counts agree")
    func contents() {
        var ledger = Ledger()
        ledger.offered.add(.gauge, content: Tally.content(key: 1, value: 2, rate: 1, timestamp: 3))
        ledger.delivered.add(.gauge, content: Tally.content(key: 1, value: 2.5, rate: 1, timestamp: 3))
        #expect(ledger.imbalance.isEmpty)
        #expect(!ledger.contentsBalance)
    }

    @Test("causes and types have distinct names that read back")
    func names() {
        #expect(Set(LossCause.allCases.map(\.name)).count == LossCause.count)
        #expect(LossCause.allCases.count == LossCause.count && LossCause.allCases.map(\.rawValue) == Array(0..<UInt8(LossCause.count)))
        for cause in LossCause.allCases { #expect(LossCause(name: cause.name) == cause) }
        for type in MetricType.allCases { #expect(MetricType(name: type.name) == type) }
        #expect(MetricType.allCases.count == MetricType.count)
    }

    @Test("the digest does not depend on order")
    func order() {
        var one = Tally()
        var other = Tally()
        let contents = (0..<50 as Range<UInt64>).map { KeyedRandom.mix($0) }
        for content in contents { one.add(.set, content: content) }
        for content in contents.reversed() { other.add(.set, content: content) }
        #expect(one == other)
    }
}
