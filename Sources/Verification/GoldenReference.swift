public import StatsReplay

/// What a golden file names: a capture and the scenario it was run with.
public struct GoldenReference: Sendable {
    /// The capture's file name, to be looked for in the captures folder.
    public let capture: String
    public let scenario: Scenario

    /// Errors: ``GoldenError`` when the file cannot be read or used.
    public init(reading path: String) throws(GoldenError) {
        let entry = try GoldenStore.load(path, name: path)
        capture = entry.file.capture
        scenario = entry.scenario
    }
}
