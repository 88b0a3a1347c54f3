public import StatsClient
public import StatsReplay

/// How much of one fault a client bears over a capture.
public struct ToleranceQuestion: Sendable {
    public var fault = VariedFault.loss
    /// What else the network does, and how fast the capture is offered.
    public var scenario = Scenario()
    public var seeds = SeedRange(1...10)
    /// The clients compared, by name.
    public var clients: [(name: String, configuration: ClientConfiguration)] = [("standard", .standard)]
    /// Points of the curve beside zero.
    public var points = 16

    public init() {}

    /// The scenario of one run's step; the seed is the sweep's.
    func scenario(_ client: ClientConfiguration, step: Int) -> Scenario {
        var scenario = scenario
        scenario.client = client
        fault.apply(step, to: &scenario)
        return scenario
    }
}
