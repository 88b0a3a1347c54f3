import NetworkEmulator
import ReplayEngine
import StatsModel
import StatsPipeline
import StatsReceiver
import Testing

@Suite("GapScore") struct GapScoreTests {
    @Test("a packet given up before the loss of its second copy was certain is a gap found, not one invented and one missed")
    func givenUpFirst() {
        var score = GapScore()
        score.recordIntact(9)
        score.recordFound(3...4)
        score.recordInjected(3)
        #expect(score.score.found == 1 && score.score.missed == 0 && score.score.falseAlarms == 1)
        score.recordInjected(4)
        score.finish()
        #expect(score.score.found == 2 && score.score.isPerfect && score.truth.first == [3...4])
    }

    @Test("second copies that come later than the receiver waits for a packet leave its gaps right, in a whole run")
    func lateCopies() throws {
        var scenario = Scenario()
        scenario.client = .bare
        scenario.client.batchSize = 1
        scenario.client.redundancy = .all
        scenario.client.copySpread = .milliseconds(20)
        scenario.receiver.reorderLimit = .milliseconds(3)
        scenario.impairments.drop = [2...2]
        let capture = try SyntheticCapture(lines: (0..<10).map { (Int64($0) * 1_000_000, "a:1|c") })
        let record = try capture.replay(scenario)
        #expect(record.gaps.injected == 1 && record.gaps.found == 1 && record.gaps.isPerfect, "\(record.gaps)")
    }

    @Test("equal sets score perfectly, whatever the order and cutting of the reports")
    func perfect() {
        var score = GapScore()
        for number in [3, 4, 5, 9] as [UInt64] { score.recordInjected(number) }
        score.recordFound(9...9)
        score.recordFound(4...5)
        score.recordFound(3...3)
        #expect(score.score.isPerfect && score.score.found == 4)
    }

    @Test("equal counts of different numbers are a miss and a false alarm")
    func sets() {
        var score = GapScore()
        score.recordInjected(3)
        score.recordIntact(5)
        score.recordFound(4...4)
        #expect(score.score.missed == 1 && score.score.falseAlarms == 1)
        #expect(score.firstMissed == [3...3] && score.firstFalse == [4...4])
    }

    @Test("a tail that no intact packet ever announced is undetectable, not missed")
    func undetectable() {
        var score = GapScore()
        for number in [3, 8, 9, 10] as [UInt64] { score.recordInjected(number) }
        score.recordIntact(8)
        score.recordFound(3...3)
        #expect(score.score.found == 1 && score.score.missed == 1 && score.score.undetectable == 2 && !score.score.isPerfect)
        #expect(score.firstMissed == [8...8])
        score.recordFound(8...8)
        #expect(score.score.isPerfect)
        score.recordIntact(10)
        #expect(score.score.missed == 2)
    }

    @Test("a gap reported twice counts once, and its second report is false")
    func twice() {
        var score = GapScore()
        score.recordInjected(3)
        score.recordFound(3...3)
        score.recordFound(3...3)
        #expect(score.score.found == 1 && score.score.falseAlarms == 1)
    }

    @Test("what the receiver takes back is no false alarm")
    func recovered() {
        var score = GapScore()
        score.recordFound(7...9)
        score.recordRecovered(8...8)
        #expect(score.score.falseAlarms == 2)
        score.recordRecovered(7...9)
        #expect(score.score.isPerfect)
    }

    @Test("the digest tells sets apart and keeps only the first ranges")
    func digest() {
        var one = RangeDigest()
        var other = RangeDigest()
        for number in stride(from: 1, through: 1000, by: 2) as StrideThrough<UInt64> { one.append(number) }
        for number in stride(from: 1, through: 1000, by: 2) as StrideThrough<UInt64> where number != 999 { other.append(number) }
        one.finish()
        other.finish()
        #expect(one.first == other.first && one.first.count == RangeDigest.shown)
        #expect(one.rangeCount == 500 && other.rangeCount == 499)
        #expect(one.digest != other.digest)
    }
}
