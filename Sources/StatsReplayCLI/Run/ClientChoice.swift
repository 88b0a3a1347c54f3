import ArgumentParser
import Foundation
import StatsClient
import StatsPipeline
import Verification

/// What `--client` names: a preset, or a YAML file.
struct ClientChoice {
    var configuration: ClientConfiguration
    /// The preset, where it is one.
    var preset: ClientPreset?

    /// What the option's help says.
    static var presets: String { ClientPreset.allCases.map(\.name).joined(separator: ", ") }

    /// Throws a usage error for an unknown name, and a ``CommandFailure`` for a file that is missing or makes no sense.
    ///
    /// - Parameter base: what a preset stands for, a file's as well
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
