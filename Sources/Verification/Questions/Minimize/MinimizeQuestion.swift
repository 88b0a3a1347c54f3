package import ReplayEngine

/// A failing run that is to be made smaller, and the limit of the search.
package struct MinimizeQuestion: Sendable {
    package var capture: CaptureIdentity
    package var scenario: Scenario
    /// A key of ``FailureReason``, or the part of a key before its colon. nil stands for the run's most serious reason.
    package var reason: String?
    /// The largest number of runs, the first one included.
    package var runLimit = 2000
    /// A fault that is made on purpose in every run. Only tests use it.
    var mutation: Mutation?

    package init(capture: CaptureIdentity, scenario: Scenario) {
        self.capture = capture
        self.scenario = scenario
    }
}

/// A capture in memory, and the scenario that it is run with.
struct MinimizeCandidate: Sendable {
    var excerpt: CaptureExcerpt
    var scenario: Scenario
}
