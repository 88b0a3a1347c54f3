import ArgumentParser
import Foundation
import PacketCapture
import ReplayEngine
import StatsModel
import Synchronization
import Verification

/// `selftest`: breaks each detector on purpose, and checks that the verification notices.
struct SelfTestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "selftest",
        abstract: "Breaks each detector on purpose, and shows that verification notices.",
        discussion: """
            Runs captures with heavy faults once as they should, then once for each mutation: a receiver that misses gaps, \
            invents them, accepts bad checksums, refuses good ones or counts duplicates; a client that loses events or \
            changes values; a judge that ignores limits. Each must be noticed, and the unbroken run must not.

            With --worlds nothing is broken: so many random worlds (capture, pace, client, network, receiver) are run, and \
            law and detectors must be right in each. World N depends on seed N alone. The first failing world of each kind is \
            made small, and written with its command into a folder world-N. From 300 worlds on every kind of fault must occur.

            Examples:
              statsreplay selftest
              statsreplay selftest my.pcapng --seed 7 --json
              statsreplay selftest --worlds 1000
              statsreplay selftest --worlds 1 --seed 4711      (world 4711 once more)

            Exit codes: 0 every mutation was noticed, or every world is right; 1 one was not, a false alarm, or a world \
            fails; 64 usage; 65 a capture cannot be read; 66 no such file; 73 a failing world cannot be written; \
            77 no permission to read.
            """)

    @Argument(help: ArgumentHelp("Capture files. Default: every capture of the captures folder.", valueName: "capture"))
    var captures: [String] = []

    @Option(help: "Seed of every random decision; of several worlds that of the first.")
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("Run so many random worlds instead.", valueName: "number"))
    var worlds: Int?

    @Option(name: [.short, .long], help: ArgumentHelp("Folder for failing worlds. (default: the current one)", valueName: "folder"))
    var output: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    @Option(help: ArgumentHelp("Folder of captures.", valueName: "folder"))
    var captureFolder: String?

    func validate() throws {
        guard let worlds else {
            if output != nil { throw ValidationError("--output: only --worlds writes anything.") }
            return
        }
        if worlds < 1 { throw ValidationError("--worlds: \(worlds) is less than 1.") }
        if worlds > 100_000_000 { throw ValidationError("--worlds: \(worlds) is more than 100000000; take another --seed for more.") }
        if !captures.isEmpty || captureFolder != nil {
            throw ValidationError("--worlds: random worlds have captures of their own; leave the others out.")
        }
    }

    func run() throws {
        if let worlds { return try run(worlds: worlds) }
        let terminal = Terminal()
        let paths = try CapturePaths.resolve(captures, folder: captureFolder)
        let progress = Mutex(ProgressLine(terminal: terminal))
        let test: SelfTest
        do {
            let identities = try paths.map { try CaptureIdentity(reading: $0) }
            test = try SelfTest(captures: identities, scenario: SelfTest.scenario(seed: seed)) { done in
                progress.withLock { $0.show("\(done) runs done") }
            }
        } catch let error as CaptureError {
            throw CommandFailure(status: InspectCommand.status(error), message: "\(error)")
        }
        progress.withLock { $0.clear() }
        if json {
            try StandardOutput.write(SelfTestText.json(test))
        } else {
            try StandardOutput.print(SelfTestText(paint: terminal.paint).lines(test).joined(separator: "\n"))
        }
        switch test.verdict {
        case .verified: break
        case .failed: throw CommandFailure(status: .verificationFailed, message: "")
        case .unverified: throw CommandFailure(status: .nothingVerified, message: "")
        }
    }
}
