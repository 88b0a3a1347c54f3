package import PacketCapture
package import ReplayEngine
package import StatsPipeline

/// The question how much of one fault a client tolerates with a capture.
package struct ToleranceQuestion: Sendable {
    package var fault = VariedFault.loss
    /// The other faults of the network, and the pace of the replay.
    package var scenario = Scenario()
    package var seeds = SeedRange(1...10)
    /// The clients to compare, by name.
    package var clients: [(name: String, configuration: ClientConfiguration)] = [("standard", .standard)]
    /// The number of points of the curve, zero not included.
    package var points = 16

    package init() {}

    /// The scenario of one step. The sweep sets the seed.
    func scenario(_ client: ClientConfiguration, step: Int) -> Scenario {
        var scenario = scenario
        scenario.client = client
        fault.apply(step, to: &scenario)
        return scenario
    }
}

extension ToleranceQuestion {
    /// Limits whose patterns match no metric of any of these captures, a sentence each. One run of each capture at most.
    ///
    /// Throws ``CaptureError`` when a capture cannot be opened.
    package func unmatchedLimits(in captures: [CaptureIdentity]) throws(CaptureError) -> [String] {
        var unmatched = UnmatchedLimits()
        guard let client = clients.first, !scenario.lossLimits.patterns.isEmpty else { return [] }
        // What is offered depends on the speed alone, and the fastest replay offers most before the scenario's end.
        let step = fault == .multiplier ? fault.worst : 0
        for capture in captures {
            unmatched.record(Judgement(try Replay.run(capture, scenario: scenario(client.configuration, step: step))).losses)
            if unmatched.patterns.isEmpty { break }
        }
        return unmatched.sentences
    }
}
