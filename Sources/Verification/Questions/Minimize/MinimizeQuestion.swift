package import ReplayEngine

/// Which failing run is to be made smaller, and how long it may take.
package struct MinimizeQuestion: Sendable {
    package var capture: CaptureIdentity
    package var scenario: Scenario
    /// A key of ``FailureReason``, or the part of one before its colon; nil: the weightiest of the run's reasons.
    package var reason: String?
    /// Runs at most, the first one included.
    package var runLimit = 2000
    /// What is broken on purpose in every run: only tests do that.
    var sabotage: Sabotage?

    package init(capture: CaptureIdentity, scenario: Scenario) {
        self.capture = capture
        self.scenario = scenario
    }
}

/// A capture in memory and what is done with it.
struct MinimizeCandidate: Sendable {
    var excerpt: CaptureExcerpt
    var scenario: Scenario
}
