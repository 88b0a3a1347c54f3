import ArgumentParser
import Foundation
import StatsClient
import StatsPipeline
import Verification

/// The value of `--client`: a preset, or a YAML file.
struct ClientChoice {
    var configuration: ClientConfiguration
    /// The preset; nil for a file.
    var preset: ClientPreset?

    /// The presets' names, for the option's help.
    static var presets: String { ClientPreset.allCases.map(\.name).joined(separator: ", ") }

    /// Throws a usage error for an unknown name, and a ``CommandFailure`` for a file that is missing or invalid.
    ///
    /// - Parameter base: the configuration of a preset; a file starts from it too
    init(_ name: String, base: (ClientPreset) -> ClientConfiguration = \.configuration) throws {
        if let preset = ClientPreset(name: name) {
            configuration = base(preset)
            self.preset = preset
            return
        }
        guard let data = FileManager.default.contents(atPath: name) else {
            guard name.hasSuffix(".yaml") || name.hasSuffix(".yml") else {
                throw ValidationError("--client: '\(name)' is none of \(Self.presets), and there is no file of that name.")
            }
            throw CommandFailure(status: .inputMissing, message: "--client: \(name): no such file, or it cannot be read")
        }
        do {
            configuration = try ClientFile.parse(String(decoding: data, as: UTF8.self), file: name, base: base)
        } catch {
            throw CommandFailure(status: .dataUnusable, message: "--client: \(error)")
        }
    }
}
