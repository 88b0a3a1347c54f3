import StatsModel
import ReplayEngine
import Testing

@testable import Verification

@Suite("RunText") struct RunTextTests {
    @Test("however many runs there are, each prints the command with its seed that repeats it", arguments: [1, 4, 8, 9, 40])
    func everyRunCanBeRepeated(count: Int) throws {
        var result = SuiteResult()
        for seed in 1...UInt64(count) {
            var record = sampleRecord()
            record.scenario.seed = seed
            result.runs.append(
                try RunVerification(
                    record, store: GoldenStore(folder: "nowhere"), mode: .none, update: false, mayWrite: false))
        }
        #expect(result.verdict == .verified)
        let lines = RunText().lines(SuiteReport(result))
        for seed in 1...count {
            let command = "statsreplay run captures/sample.pcapng --loss 3% --seed \(seed)"
            #expect(lines.contains { $0.hasSuffix(command) || $0.contains(command + ":") }, "seed \(seed) of \(count)")
        }
    }
}
