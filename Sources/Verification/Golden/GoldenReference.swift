package import ReplayEngine

/// What a golden file names: a capture and the scenario it was run with.
package struct GoldenReference: Sendable {
    /// The capture's file name, to be looked for in the captures folder.
    package let capture: String
    package let scenario: Scenario

    /// Errors: ``GoldenError`` when the file cannot be read or used.
    package init(reading path: String) throws(GoldenError) {
        let entry = try GoldenStore.load(path, name: path)
        capture = entry.file.capture
        scenario = entry.scenario
    }
}
