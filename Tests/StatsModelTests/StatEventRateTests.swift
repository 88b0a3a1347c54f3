import StatsModel
import Testing

@Suite("StatEvent.sampleRate") struct StatEventRateTests {
    @Test(
        "a rate is clamped to 0...1, and what is no number is 1",
        arguments: [
            (0.25, 0.25), (1, 1), (.leastNonzeroMagnitude, .leastNonzeroMagnitude), (0, 0), (-0.0, 0), (-3, 0),
            (-.infinity, 0), (1.0.nextUp, 1), (.infinity, 1), (.nan, 1), (-.nan, 1),
        ] as [(Double, Double)])
    func clamps(rate: Double, meant: Double) {
        #expect(StatEvent.sampleRate(rate) == meant)
    }
}
