import ArgumentParser
import Foundation
import StatsBench
import SystemIO

/// `bench`: measures the client on this machine.
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measures this project's client on this machine against the performance guide's targets.",
        discussion: """
            Push latency, end-to-end latency, throughput with 1, 2 and 4 producers, memory, allocations, drops at three times \
            the rated load and packet loss, all on loopback, with our own receiver decoding every event. Loads follow a \
            schedule fixed beforehand; the lag behind it is reported.

            Examples:
              statsreplay bench
              statsreplay bench --quick --json
              statsreplay bench --require target

            Exit codes: 0 measured; 1 a row misses what --require asks, or an event is unaccounted for; 2 nothing arrived; \
            64 usage; 69 no socket, port or thread.
            """)

    enum Requirement: String, ExpressibleByArgument, CaseIterable {
        case target
        case excellent

        var verdict: BenchVerdict {
            switch self {
            case .target: .target
            case .excellent: .excellent
            }
        }
    }

    @Flag(help: "A few seconds instead of half a minute; the far quantiles are coarse.")
    var quick = false

    @Option(help: "Fail where a row does not reach this (a row that cannot be measured here does not count).")
    var require: Requirement?

    @Flag(help: "Print one JSON object.")
    var json = false

    /// For tests.
    @Flag(help: ArgumentHelp("Measure as little as shows that it works.", visibility: .hidden))
    var smoke = false

    /// Runs in a separate process, so that memory used before does not hide the client's memory.
    @Option(help: ArgumentHelp("Print the bytes that a client takes for so many events, and nothing else.", visibility: .hidden))
    var memoryProbe: Int?

    @Flag(help: ArgumentHelp("Let --memory-probe measure the default client.", visibility: .hidden))
    var defaultClient = false

    /// For scripts/bench, which compares it with other rings.
    @Option(help: ArgumentHelp("Print how many elements of 64 bytes a ring hands over in a second.", visibility: .hidden))
    var ring: Int?

    func run() throws {
        do {
            if let ring {
                try StandardOutput.print("\(Int(try RingPair.wide(count: ring)))")
                return
            }
            if let memoryProbe {
                let growth = try MemoryProbe.run(events: memoryProbe, isDefault: defaultClient)
                try StandardOutput.write(JSONEncoder().encode(growth))
                return
            }
            try measure()
        } catch let error as SystemError {
            throw CommandFailure(status: .unavailable, message: "\(error)")
        }
    }

    private func measure() throws {
        let terminal = Terminal()
        let progress = BenchProgress(terminal: terminal)
        let suite = BenchSuite(
            plan: smoke ? .smoke : quick ? .quick : .full, memory: Self.memoryOfChild, say: { progress.show($0) })
        let report = try suite.run()
        progress.clear()
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
            try StandardOutput.write(encoder.encode(report) + Data("\n".utf8))
        } else {
            let text = BenchText { text, verdict in terminal.paint(text, Self.colour(verdict)) }
            try StandardOutput.print(text.lines(report).joined(separator: "\n"))
        }
        guard report.hasTraffic else { throw CommandFailure(status: .nothingVerified, message: "") }
        if report.eventsUnaccounted > 0 { throw CommandFailure(status: .verificationFailed, message: "") }
        if let require, !report.reaches(require.verdict) {
            throw CommandFailure(status: .verificationFailed, message: "")
        }
    }

    private static func colour(_ verdict: BenchVerdict) -> Terminal.Colour {
        switch verdict {
        case .excellent, .target: .green
        case .missed, .unmeasured: .yellow
        case .poor: .red
        }
    }

    /// One round in a separate process; nil if it reports nothing.
    private static func memoryOfChild(_ question: MemoryQuestion) throws -> MemoryProbe.Growth? {
        let child = Process()
        child.executableURL = URL(fileURLWithPath: HostDescription.executablePath)
        child.arguments = ["bench", "--memory-probe", "\(question.events)"]
        if question.isDefault { child.arguments?.append("--default-client") }
        let output = Pipe()
        child.standardOutput = output
        try child.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        child.waitUntilExit()
        return try JSONDecoder().decode(MemoryProbe.Growth?.self, from: bytes)
    }
}
