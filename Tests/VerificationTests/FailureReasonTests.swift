import StatsModel
import ReplayEngine
import StatsPipeline
import Testing

@testable import Verification

@Suite("FailureReason") struct FailureReasonTests {
    @Test("every key is there once, and means itself")
    func keys() {
        let keys = FailureReason.all(patterns: []).map(\.description)
        #expect(Set(keys).count == keys.count && keys.count == 2 * MetricType.count + 4 + 6 + 1 + LossClass.allCases.count)
        for reason in FailureReason.all(patterns: []) {
            #expect(FailureReason.all(patterns: []).filter { $0.isMeant(by: reason.description) } == [reason])
            #expect(!reason.sentence.isEmpty)
        }
        #expect(FailureReason.gaps(.missed).isMeant(by: "gaps") && FailureReason.contents.isMeant(by: "law"))
        #expect(!FailureReason.gaps(.missed).isMeant(by: "gap") && !FailureReason.limit(.gauge).isMeant(by: "limit:"))
    }

    @Test("a limit of a pattern has a key of its own, behind what must not be lost and before the classes")
    func patterns() {
        let keys = FailureReason.all(patterns: ["checkout.*", "login"]).suffix(6).map(\.description)
        #expect(keys == ["limit:critical", "limit:checkout.*", "limit:login", "limit:counter", "limit:gauge", "limit:timing"])
        let reason = FailureReason.patternLimit("checkout.*")
        #expect(reason.isMeant(by: "limit") && reason.isMeant(by: "limit:checkout.*") && !reason.isMeant(by: "limit:checkout"))
        #expect(reason.sentence == "the limit of checkout.* is broken")
    }

    /// One way to break a sound record, and the keys a judgement must then give.
    static let breakages: [(keys: [String], change: @Sendable (inout RunRecord) -> Void)] = [
        ([], { _ in }),
        (["law:counter"], { $0.ledger.offered.add(.counter, content: 0) }),
        (["law:contents"], { $0.ledger.delivered.contents &+= 1 }),
        (["law:values"], { $0.valueFaults = [ValueFault(type: .counter, label: "a", offered: 2, accounted: 1)] }),
        (["packets"], { $0.packets.sent += 1 }),
        (["codec"], { $0.undecodableRecords = 1 }),
        (["gaps:missed"], { $0.gaps.found = 0 }),
        (["gaps:false"], { $0.gaps.falseAlarms = 2 }),
        (["gaps:missed", "gaps:false"], { $0.gaps.found = 0; $0.gaps.falseAlarms = 2 }),
        (["checksums:missed"], { $0.checksums.injected += 1 }),
        (["checksums:false"], { $0.checksums.falseAlarms = 1 }),
        (["duplicates:missed"], { $0.duplicates.injected += 1 }),
        (["duplicates:false"], { $0.duplicates.falseAlarms = 1 }),
        (["codec", "duplicates:false"], { $0.duplicates.falseAlarms = 1; $0.undecodableRecords = 1 }),
    ]

    @Test("a judgement names what broke by its keys, the weightiest first", arguments: breakages.indices)
    func judged(index: Int) {
        var record = sampleRecord()
        Self.breakages[index].change(&record)
        let judgement = Judgement(record)
        #expect(judgement.reasons.map(\.description) == Self.breakages[index].keys)
        #expect(judgement.reasons.isEmpty == judgement.faults.isEmpty)
    }

    @Test("a limit is a reason of its own, behind the law and its detectors")
    func limits() {
        var record = sampleRecord()
        record.undecodableRecords = 1
        for _ in 0..<1000 {
            record.ledger.offered.add(.timing, content: 3)
            record.ledger.recordLoss(.networkLoss, .timing, content: 3)
            record.ledger.offered.add(.event, content: 3)
            record.ledger.recordLoss(.networkLoss, .event, content: 3)
        }
        let keys = Judgement(record).reasons.map(\.description)
        #expect(keys.first == "codec" && keys.suffix(2) == ["limit:critical", "limit:timing"], "\(keys)")
    }
}
