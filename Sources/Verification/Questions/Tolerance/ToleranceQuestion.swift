package import PacketCapture
package import ReplayEngine
package import StatsPipeline

/// A question: how much of one fault does a client tolerate with a capture?
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
    /// Limits whose patterns match no metric of any of these captures, one sentence each. It makes at most one run of each
    /// capture.
    ///
    /// Throws ``CaptureError`` if a capture cannot be opened.
    package func unmatchedLimits(in captures: [CaptureIdentity]) throws(CaptureError) -> [String] {
        var unmatched = UnmatchedLimits()
        guard let client = clients.first, !scenario.lossLimits.patterns.isEmpty else { return [] }
        // The offered events depend only on the speed. The fastest replay offers the most before the scenario's end.
        let step = fault == .multiplier ? fault.worst : 0
        for capture in captures {
            unmatched.record(Judgement(try Replay.run(capture, scenario: scenario(client.configuration, step: step))).losses)
            if unmatched.patterns.isEmpty { break }
        }
        return unmatched.sentences
    }
}
