import StatsModel
import Testing

@testable import StatsPipeline

/// Presets, priorities by name, and what a client costs.
@Suite struct ClientPresetTests {
    @Test("every preset is valid and has a name that reads back", arguments: ClientPreset.allCases)
    func valid(preset: ClientPreset) throws {
        try preset.configuration.validate()
        #expect(ClientPreset(name: preset.name) == preset)
        _ = ClientPipeline(configuration: preset.configuration, session: 1)
    }

    @Test("presets differ from each other, and standard is the configuration nobody touched")
    func different() {
        let all = ClientPreset.allCases.map(\.configuration)
        for (index, one) in all.enumerated() { for other in all[..<index] { #expect(one != other) } }
        #expect(ClientPreset.standard.configuration == ClientConfiguration())
        #expect(ClientPreset(name: "fast") == nil)
    }

    @Test("a pattern is a name or the beginning of names", arguments: [
        ("checkout", "checkout", true), ("checkout", "checkouts", false), ("checkout", "check", false),
        ("checkout.*", "checkout.", true), ("checkout.*", "checkout.paid", true), ("checkout.*", "checkout", false),
        ("*", "anything", true), ("größe*", "größer", true), ("größe*", "gro", false),
    ])
    func patterns(pattern: String, name: String, isMatch: Bool) {
        let bytes = Array(name.utf8)
        #expect(MetricPattern(pattern).matches(bytes.span) == isMatch)
        #expect(MetricPattern(pattern).isValid)
    }

    @Test("a pattern that means nothing is refused", arguments: ["", "a*b", "**", String(repeating: "x", count: 256)])
    func invalid(pattern: String) {
        var configuration = ClientConfiguration()
        configuration.priorities.high = ["fine", MetricPattern(pattern)]
        let error = #expect(throws: ConfigurationError.self) { try configuration.validate() }
        #expect(error?.field == "priorities.high" && error?.value == "'\(pattern)'")
    }

    @Test("the first list that matches decides: critical, high, low; events are critical whatever they are called")
    func order() {
        let rules = PriorityRules(critical: ["a"], high: ["a", "b*"], low: ["*"])
        func priority(_ type: MetricType, _ name: String) -> EventPriority {
            let bytes = Array(name.utf8)
            return rules.priority(of: type, name: bytes.span)
        }
        #expect(priority(.counter, "a") == .critical && priority(.gauge, "bc") == .high && priority(.set, "c") == .low)
        #expect(priority(.event, "c") == .critical && priority(.serviceCheck, "bc") == .critical)
    }

    @Test("the budget grows with what it is made of, and never beyond a limit")
    func budget() {
        let plain = ClientConfiguration()
        #expect(plain.memoryDescription() == "this client will use 2.7 MB with 1000 metrics")
        #expect(ClientConfiguration.lowMemory.memoryDescription(metrics: 100_000).hasSuffix("never more than 524288 bytes"))
        #expect(ClientConfiguration.lowMemory.memoryBudget(metrics: 100_000) == 524_288)
        var larger = plain
        larger.bufferCapacity *= 2
        #expect(larger.memoryBudget() - plain.memoryBudget() == 8192 * 40)
        larger.redundancy = .all
        #expect(larger.memoryBudget() - plain.memoryBudget() == 8192 * 40 + WaitingCopies.memory(larger))
        #expect(WaitingCopies.memory(plain) == 0 && WaitingCopies.memory(larger) > 64 * 1472)
        #expect(plain.memoryBudget(metrics: 2000) > plain.memoryBudget(metrics: 1000))
    }
}
