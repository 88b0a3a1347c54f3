import ArgumentParser
import Foundation
import PacketCapture
import StatsModel
import StatsReplay
import Synchronization
import Verification

struct SelfTestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "selftest",
        abstract: "Breaks each detector on purpose, and shows that verification notices.",
        discussion: """
            Runs captures with heavy faults once as they should, then once for each sabotage: a receiver that misses gaps, \
            invents them, accepts bad checksums, refuses good ones or counts duplicates; a client that loses events or \
            changes values; a judge that ignores limits. Each must be noticed, and the unbroken run must not.

            Examples:
              statsreplay selftest
              statsreplay selftest my.pcapng --seed 7 --json

            Exit codes: 0 every sabotage was noticed; 1 one was not, or a false alarm; 64 usage; 65 a capture cannot be \
            read; 66 no such file; 77 no permission to read.
            """)

    @Argument(help: ArgumentHelp("Capture files. Default: every capture of the captures folder.", valueName: "capture"))
    var captures: [String] = []

    @Option(help: "Seed of every random decision.")
    var seed: UInt64 = 1

    @Flag(help: "Print one JSON object.")
    var json = false

    @Option(help: ArgumentHelp("Folder of captures.", valueName: "folder"))
    var captureFolder: String?

    func run() throws {
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
            FileHandle.standardOutput.write(try SelfTestText.json(test))
        } else {
            print(SelfTestText(paint: terminal.paint).lines(test).joined(separator: "\n"))
        }
        switch test.verdict {
        case .verified: break
        case .failed: throw CommandFailure(status: .verificationFailed, message: "")
        case .unverified: throw CommandFailure(status: .nothingVerified, message: "")
        }
    }
}
