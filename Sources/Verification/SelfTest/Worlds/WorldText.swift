package import Foundation
import StatsModel

/// The report on a survey of random worlds, for people and for machines.
package struct WorldText {
    /// The number of seeds that are listed for findings of one kind.
    static let seedsShown = 8

    private let paint: (String, RunText.Tone) -> String

    /// - Parameter paint: colours a word, or returns it unchanged
    package init(paint: @escaping (String, RunText.Tone) -> String = { text, _ in text }) { self.paint = paint }

    /// A failing world that was made small, and the command that repeats it.
    package struct Small: Sendable {
        package let world: WorldMinimization
        /// The world's folder, and whether its command fails as expected.
        package let folder: String
        package let isConfirmed: Bool

        package init(_ world: WorldMinimization, folder: String, isConfirmed: Bool) {
            self.world = world
            self.folder = folder
            self.isConfirmed = isConfirmed
        }

        var command: String {
            (["statsreplay"] + world.command(in: folder).map(ShellWord.quoted)).joined(separator: " ")
        }
    }

    /// The whole report, without a line break at its end.
    package func lines(_ survey: WorldSurvey, small: [Small] = []) -> [String] {
        let worlds = "\(survey.count) world\(survey.count == 1 ? "" : "s")"
        let extent = "seeds \(survey.firstSeed)...\(survey.firstSeed &+ UInt64(max(1, survey.count) - 1)), \(survey.events) events, \(survey.packets) packets"
        var lines: [String]
        switch survey.verdict {
        case .verified: lines = ["\(paint("VERIFIED", .good)): \(worlds), law and detectors right in each (\(extent))"]
        case .failed where !survey.findings.isEmpty:
            lines = ["\(paint("FAILED", .bad)): something is wrong in \(survey.findings.count) of \(worlds) (\(extent))"]
        case .failed: lines = ["\(paint("FAILED", .bad)): \(worlds), and not everything occurred (\(extent))"]
        case .unverified: lines = ["\(paint("UNVERIFIED", .caution)): no event in \(worlds)"]
        }
        for finding in survey.firstOfEachKind { lines += [""] + reported(finding, in: survey, small) }
        if !survey.missing.isEmpty { lines += ["", "never occurred: \(survey.missing.joined(separator: ", "))"] }
        return lines + [""] + table(survey)
    }

    private func reported(_ finding: WorldSurvey.Finding, in survey: WorldSurvey, _ small: [Small]) -> [String] {
        let alike = survey.findings.filter { $0.kind == finding.kind }.map(\.seed)
        let seeds = alike.prefix(Self.seedsShown).map(String.init).joined(separator: ", ")
        var lines = ["\(paint(finding.kind, .bad)): world\(alike.count == 1 ? "" : "s") \(seeds)\(alike.count > Self.seedsShown ? ", …" : "")"]
        lines += finding.faults.prefix(3).map { "  \($0)" }
        if let found = small.first(where: { $0.world.seed == finding.seed }) {
            let text = MinimizeText(paint: paint).lines(
                found.world.result, path: found.folder, isConfirmed: found.isConfirmed, command: found.command)
            lines += text.map { "  \($0)" }
        }
        lines.append("  \(paint("the world:", .quiet)) statsreplay selftest --worlds 1 --seed \(finding.seed)")
        return lines
    }

    /// The number of worlds in which each fact occurred, a line for each group.
    private func table(_ survey: WorldSurvey) -> [String] {
        WorldFact.Group.allCases.flatMap { group -> [String] in
            let facts = WorldFact.all.indices.filter { WorldFact.all[$0].group == group }
            var lines: [String] = []
            var line = ""
            for fact in facts {
                let word = "\(WorldFact.all[fact].name) \(survey.occurrences[fact])"
                if !line.isEmpty, line.count + word.count > 110 {
                    lines.append(line)
                    line = ""
                }
                line += line.isEmpty ? word : ", \(word)"
            }
            return (lines + [line]).enumerated().map { index, text in
                let head = index == 0 ? group.rawValue : ""
                return "  \(head)\(String(repeating: " ", count: 12 - head.count))\(text)"
            }
        }
    }

    /// One JSON object with a line break at its end.
    package static func json(_ survey: WorldSurvey, small: [Small] = []) throws -> Data {
        try ReportJSON.encode(WorldReport(survey, small))
    }
}

private struct WorldReport: Encodable {
    struct Finding: Encodable {
        var seed: UInt64
        var reasons: [String]
        var faults: [String]
        var command: String?
        var confirmed: Bool?
    }

    var verdict: Verdict
    var seed: UInt64
    var worlds: Int
    var events: UInt64
    var packets: UInt64
    var findings: [Finding]
    var missing: [String]
    /// The number of worlds in which each fact occurred, by group and name.
    var occurred: [String: [String: Int]] = [:]

    init(_ survey: WorldSurvey, _ small: [WorldText.Small]) {
        verdict = survey.verdict
        seed = survey.firstSeed
        worlds = survey.count
        events = survey.events
        packets = survey.packets
        missing = survey.missing
        findings = survey.findings.prefix(1000).map { finding in
            let found = small.first { $0.world.seed == finding.seed }
            return Finding(
                seed: finding.seed, reasons: finding.reasons.map(\.description), faults: Array(finding.faults.prefix(10)),
                command: found?.command, confirmed: found?.isConfirmed)
        }
        for (fact, count) in zip(WorldFact.all, survey.occurrences) { occurred[fact.group.rawValue, default: [:]][fact.name] = count }
    }
}
