import Foundation
import ReplayEngine
import SystemIO

/// The folder of golden files.
struct GoldenStore {
    struct Entry {
        /// The file's name without folder and suffix.
        let name: String
        let file: GoldenFile
        let scenario: Scenario
    }

    /// A golden file of an older format, with the capture and the scenario that are needed to record it again.
    struct Outdated {
        let name: String
        let capture: String
        let scenario: Scenario
        /// The error that is reported unless the file is recorded again.
        let error: GoldenError
    }

    let folder: String
    private(set) var entries: [Entry] = []
    private(set) var outdated: [Outdated] = []
    /// Files that cannot be used, in the order of their names.
    private(set) var errors: [GoldenError] = []

    /// Loads every `NAME.yaml` of the folder, sorted by name. A missing folder has no golden files.
    init(folder: String) {
        self.folder = folder
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for name in names.sorted() where name.hasSuffix(".yaml") && !name.hasSuffix(".actual.yaml") {
            let path = "\(folder)/\(name)"
            let stem = String(name.dropLast(".yaml".count))
            do throws(GoldenError) {
                entries.append(try Self.load(path, name: stem))
            } catch {
                if let old = Self.loadOutdated(path, name: stem, error) { outdated.append(old) } else { errors.append(error) }
            }
        }
    }

    static func load(_ path: String, name: String) throws(GoldenError) -> Entry {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw GoldenError(file: path, reason: "cannot be read")
        }
        let file = try GoldenFile(parsing: String(decoding: data, as: UTF8.self), file: path)
        do {
            return Entry(name: name, file: file, scenario: try file.scenario.resolved())
        } catch {
            throw GoldenError(file: path, reason: "scenario: \(error)")
        }
    }

    /// nil if the file has the current format, or if its scenario can no longer be read.
    private static func loadOutdated(_ path: String, name: String, _ error: GoldenError) -> Outdated? {
        guard let data = FileManager.default.contents(atPath: path),
            let file = try? GoldenFile.Outdated(parsing: String(decoding: data, as: UTF8.self), file: path),
            let scenario = try? file.scenario.resolved()
        else { return nil }
        return Outdated(name: name, capture: file.capture, scenario: scenario, error: error)
    }

    /// The golden file of this capture and scenario, if there is one.
    func find(capture: String, scenario: Scenario) -> Entry? {
        entries.first { $0.file.capture == capture && $0.scenario == scenario }
    }

    func path(of name: String) -> String { "\(folder)/\(name).yaml" }

    /// The name for a new golden file of this capture and scenario: the name of their file in an older format, or a free name.
    func nameToWrite(capture: String, scenario: Scenario) -> String {
        outdated.first { $0.capture == capture && $0.scenario == scenario }?.name ?? freeName(capture: capture, scenario: scenario)
    }

    /// A file name for this capture and scenario that no other scenario uses.
    private func freeName(capture: String, scenario: Scenario) -> String {
        let stem = capture.split(separator: ".").first.map(String.init) ?? "capture"
        let wanted = ([stem] + scenario.nameParts).joined(separator: "-")
        var name = wanted
        var number = 2
        let taken = Set(entries.map(\.name) + outdated.map(\.name))
        while taken.contains(name) {
            name = "\(wanted)-\(number)"
            number += 1
        }
        return name
    }

    /// Writes a golden file, or the actual result beside it. The file is replaced as a whole or not at all. A missing folder is
    /// created.
    func write(_ file: GoldenFile, name: String, isActual: Bool) throws(GoldenError) {
        let path = isActual ? "\(folder)/\(name).actual.yaml" : path(of: name)
        let text = try file.text()
        let bytes = Array(text.utf8)
        do throws(SystemError) {
            try FileSystem.createFolder(folder)
            try FileSystem.replaceFile(path, with: bytes.span)
        } catch {
            throw GoldenError(file: path, reason: "cannot be written: \(error.reason)")
        }
    }

    /// Removes an actual result that no longer differs from the golden file.
    func removeActual(name: String) {
        try? FileSystem.removeFile("\(folder)/\(name).actual.yaml")
    }
}
