import NetworkEmulator
import ReplayEngine
import StatsModel
import Testing

@Suite("Scenario.validate") struct ScenarioValidationTests {
    /// One field set to something no machine could work with.
    static let impossible: [(String, @Sendable (inout Scenario) -> Void)] = [
        ("limit", { $0.limit = 0 }),
        ("duration", { $0.duration = .zero }),
        ("sender", { $0.sender.perPacket = .seconds(86_401) }),
        ("sender", { $0.sender.perEvent = .seconds(8_999_999_999) }),
        ("sender", { $0.sender.perKilobyte = .seconds(8_999_999_999) }),
        ("sender", { $0.sender.recordPerEvent = .seconds(8_999_999_999) }),
        ("sender", { $0.sender.perEvent = Nanoseconds(-1) }),
        ("fail", { $0.impairments.failures = [DownstreamFault(.restart, start: .zero, period: Nanoseconds(1))] }),
    ]

    @Test("refuses a limit or duration of nothing and costs that no sum could hold, and names the field",
        arguments: impossible.indices)
    func refuses(index: Int) throws {
        let (field, change) = Self.impossible[index]
        var scenario = Scenario()
        change(&scenario)
        let error = try #require(throws: UnitError.self) { try scenario.validate() }
        #expect("\(error)".contains(field))
    }

    @Test("the highest costs allowed still add up for the largest packet")
    func highestCosts() throws {
        var scenario = Scenario()
        let day = Nanoseconds.seconds(86_400)
        scenario.sender.perPacket = day
        scenario.sender.perEvent = day
        scenario.sender.perKilobyte = day
        scenario.sender.recordPerEvent = day
        try scenario.validate()
        let time = scenario.sender.serviceTime(events: 65_535, bytes: 65_507)
        #expect(time > Nanoseconds(day.rawValue * 65_535))
    }
}
