package import ReplayEngine
package import StatsPipeline

/// How much of one fault a client bears over a capture.
package struct ToleranceQuestion: Sendable {
    package var fault = VariedFault.loss
    /// What else the network does, and how fast the capture is offered.
    package var scenario = Scenario()
    package var seeds = SeedRange(1...10)
    /// The clients compared, by name.
    package var clients: [(name: String, configuration: ClientConfiguration)] = [("standard", .standard)]
    /// Points of the curve beside zero.
    package var points = 16

    package init() {}

    /// The scenario of one run's step; the seed is the sweep's.
    func scenario(_ client: ClientConfiguration, step: Int) -> Scenario {
        var scenario = scenario
        scenario.client = client
        fault.apply(step, to: &scenario)
        return scenario
    }
}
