import ReplayEngine
import StatsModel

/// One world, run and judged. The amount of loss does not matter. Every loss must have a name, and every detector must be right.
struct WorldTrial: Sendable {
    /// One in this number of worlds gets further checks, which cost more than the run itself.
    static let thoroughInterval: UInt64 = 16

    let seed: UInt64
    /// The reasons why the law or a detector failed, the most serious first.
    let reasons: [FailureReason]
    /// All faults, as sentences.
    let faults: [String]
    let record: RunRecord

    /// - Parameter misreading: parses a scenario's command line as if it were typed; returns the difference, or nil if there is
    ///   none
    init(_ world: World, mutation: Mutation? = nil, misreading: (Scenario) -> String? = { _ in nil }) {
        seed = world.seed
        record = Replay.run(world.excerpt, of: world.capture, scenario: world.scenario, mutation: mutation)
        let judgement = Judgement(record)
        reasons = judgement.reasons.filter { $0.limitSubject == nil }
        var faults = judgement.faults
        if let fault = Self.misreadScenario(world.scenario) { faults.append("golden file: \(fault)") }
        if seed % Self.thoroughInterval == 0 {
            let again = Replay.run(world.excerpt, of: world.capture, scenario: world.scenario, mutation: mutation)
            faults += Self.differences(record, again)
            if let fault = misreading(world.scenario) { faults.append("command line: \(fault)") }
        }
        self.faults = faults
    }

    /// The facts that occurred, as indices into ``WorldFact/all``.
    func occurred(in world: World) -> [Int] { WorldFact.all.indices.filter { WorldFact.all[$0].occurred(world, record) } }

    /// Checks that a golden file's scenario reads back unchanged.
    private static func misreadScenario(_ scenario: Scenario) -> String? {
        do throws(UnitError) {
            return try GoldenScenario(scenario).resolved() == scenario ? nil : "the scenario that was written reads back as another one"
        } catch {
            return "the scenario that was written cannot be read: \(error)"
        }
    }

    /// Checks that a repetition gives the same result, and that the golden file's text reads back unchanged.
    private static func differences(_ record: RunRecord, _ again: RunRecord) -> [String] {
        var faults: [String] = []
        do throws(GoldenError) {
            if try RunFingerprint(record) != RunFingerprint(again) { faults.append("determinism: the same world gave another result") }
            let file = GoldenFile(record, Judgement(record))
            let read = try GoldenFile(parsing: try file.text(), file: record.capture.name)
            if read.scenario != file.scenario || !GoldenDiff(recorded: read.expected, actual: file.expected).lines.isEmpty {
                faults.append("golden file: its text reads back as another one")
            }
        } catch {
            faults.append("golden file: \(error)")
        }
        return faults
    }
}
