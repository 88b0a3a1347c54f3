import Foundation
import StatsModel
import SystemIO
import Testing
import TestSupport

/// A server of somebody else's, in a temporary folder of its own; both are gone after ``stop()``.
struct ServerProcess: ~Copyable {
    private let process: Process
    private let temporary: TemporaryFolder
    var folder: URL { URL(fileURLWithPath: temporary.path) }

    /// Starts it with the files that are written into its folder first. `output` there takes what it prints.
    init(_ program: ExternalProgram, files: (URL) -> [String: String], arguments: (URL) -> [String]) throws {
        let temporary = try TemporaryFolder()
        let folder = URL(fileURLWithPath: temporary.path)
        for (name, text) in files(folder) { try temporary.write(text, to: name) }
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: try temporary.write("", to: "output")))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program.path)
        process.arguments = arguments(folder)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = handle
        process.standardError = handle
        try process.run()
        self.process = process
        self.temporary = temporary
    }

    var output: String { temporary.text(of: "output") }

    /// Ends the server, kindly and then not (it may have inherited a mask that holds the signal back), and removes its
    /// folder; also where a test fails before.
    consuming func stop() {}

    deinit {
        let process = process
        process.terminate()
        let ended = Self.wait(upTo: .seconds(2)) { !process.isRunning }
        if !ended { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
    }

    /// Asks again and again until the answer is yes; false where the time is up before.
    static func wait(upTo limit: Nanoseconds, _ isDone: () -> Bool) -> Bool {
        guard let spot = try? ParkingSpot() else { return isDone() }
        let clock = SystemClock()
        let end = clock.now + limit
        while !isDone() {
            if clock.now >= end { return false }
            _ = spot.park(timeout: .milliseconds(50))
        }
        return true
    }
}
