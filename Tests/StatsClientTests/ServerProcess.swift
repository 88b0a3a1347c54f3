import Foundation
import StatsModel
import SystemIO
import Testing
import TestSupport

/// A server of somebody else's, in a temporary folder of its own; both are gone after ``stop()``.
struct ServerProcess: ~Copyable {
    private let process = Process()
    let folder: URL

    /// The program of that name where programs and servers stand; nil where it is not installed.
    static func find(_ name: String) -> String? {
        let path = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        return (path + ["/usr/sbin", "/usr/local/sbin"]).map { "\($0)/\(name)" }
            .first(where: FileManager.default.isExecutableFile)
    }

    /// Starts it with the files that are written into its folder first. `output` there takes what it prints.
    init(_ program: String, files: (URL) -> [String: String], arguments: (URL) -> [String]) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("statsserver-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (name, text) in files(folder) {
            try Data(text.utf8).write(to: folder.appendingPathComponent(name))
        }
        let output = folder.appendingPathComponent("output")
        try Data().write(to: output)
        let handle = try FileHandle(forWritingTo: output)
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments(folder)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = handle
        process.standardError = handle
        try process.run()
    }

    var output: String { (try? String(contentsOf: folder.appendingPathComponent("output"), encoding: .utf8)) ?? "" }

    /// Ends the server, kindly and then not (it may have inherited a mask that holds the signal back), and removes its
    /// folder; also where a test fails before.
    consuming func stop() {}

    deinit {
        let process = process
        process.terminate()
        let ended = Self.wait(upTo: .seconds(2)) { !process.isRunning }
        if !ended { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: folder)
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
