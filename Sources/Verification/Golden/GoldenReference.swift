package import ReplayEngine

/// The part of a golden file that a run needs: the capture, and the scenario that it was run with.
package struct GoldenReference: Sendable {
    /// The capture's file name in the captures folder.
    package let capture: String
    package let scenario: Scenario

    /// Errors: ``GoldenError`` if the file cannot be read or used.
    package init(reading path: String) throws(GoldenError) {
        let entry = try GoldenStore.load(path, name: path)
        capture = entry.file.capture
        scenario = entry.scenario
    }
}
