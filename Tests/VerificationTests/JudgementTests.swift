import StatsModel
import ReplayEngine
import Testing

@testable import Verification

@Suite("LossMeasure") struct LossMeasureTests {
    @Test("a limit is held strictly below, and exactly zero for what is critical", arguments: [
        (.counter, 1000, 951, true), (.counter, 1000, 950, false), (.gauge, 1000, 981, true), (.gauge, 1000, 980, false),
        (.timing, 1000, 991, true), (.timing, 1000, 990, false), (.critical, 1000, 1000, true),
        (.critical, 1000, 999, false), (.critical, 0, 0, true), (.timing, 0, 0, true), (.counter, 1, 0, false),
    ] as [(LossClass, UInt64, UInt64, Bool)])
    func limits(lossClass: LossClass, offered: UInt64, delivered: UInt64, holds: Bool) {
        #expect(LossMeasure(lossClass, offered: offered, delivered: delivered).holds == holds)
    }

    @Test("the arithmetic does not overflow, and nothing offered is no loss")
    func borders() {
        #expect(LossMeasure(.counter, offered: .max, delivered: .max - 1).holds)
        #expect(!LossMeasure(.counter, offered: .max, delivered: 0).holds)
        #expect(LossMeasure(.counter, offered: 0, delivered: 0).percent == 0)
    }
}

@Suite("Judgement") struct JudgementTests {
    @Test("a sound record has no faults and its limits are measured")
    func sound() {
        let judgement = Judgement(sampleRecord())
        #expect(judgement.faults.isEmpty && judgement.brokenLimits.isEmpty && !judgement.isEmpty)
        #expect(judgement.losses.map(\.lost) == [20, 0, 0, 0])
    }

    /// One way to break a record, and what the judgement must then name.
    static let breakages: [(String, @Sendable (inout RunRecord) -> Void)] = [
        ("counter: 1 vanished", { $0.ledger.offered.add(.counter, content: 0) }),
        ("timing: 2 came from nowhere", { for _ in 0..<2 { $0.ledger.delivered.add(.timing, content: 0) } }),
        ("what the events say", { $0.ledger.delivered.contents &+= 1 }),
        ("data packets: sent 51", { $0.packets.sent += 1 }),
        ("1 records did not decode", { $0.undecodableRecords = 1 }),
        ("gap detection: 1 injected, 0 found, 1 missed", { $0.gaps.found = 0; $0.firstMissedGaps = [17...17] }),
        ("missed 17", { $0.gaps.found = 0; $0.firstMissedGaps = [17...17] }),
        ("1 false", { $0.gaps.falseAlarms = 1; $0.firstFalseGaps = [9...9] }),
        ("checksums: 3 injected, 0 found", { $0.checksums.injected = 3 }),
        ("duplicates: 0 injected, 0 found, 0 missed, 4 false", { $0.duplicates.falseAlarms = 4 }),
    ]

    @Test("every broken law and detector is named", arguments: breakages.indices)
    func broken(index: Int) {
        let (expected, damage) = Self.breakages[index]
        var record = sampleRecord()
        damage(&record)
        let faults = Judgement(record).faults
        #expect(faults.contains { $0.contains(expected) }, "\(expected) is not in \(faults)")
    }

    @Test("a record without events is empty")
    func empty() {
        let identity = CaptureIdentity(name: "a", path: "a", byteCount: 0, crc32: 0)
        #expect(Judgement(RunRecord(capture: identity, scenario: Scenario())).isEmpty)
    }
}
