import Foundation
import TestSupport
import StatsModel
import SystemIO

/// The built program, capturing, with a folder of its own; both are gone when the value goes.
final class CaptureProcess {
    struct TimedOut: Error, CustomStringConvertible {
        let waitingFor: String
        let transcript: String
        var description: String { "waited in vain for \(waitingFor); the program said:\n\(transcript)" }
    }

    /// Longer than anything here takes on a busy machine; only a broken program comes near it.
    static let patience = Nanoseconds.seconds(20)

    private let temporary: TemporaryFolder
    var folder: String { temporary.path }
    private let process = Process()
    private let output = Pipe()
    private let errors = Pipe()
    private(set) var transcript = ""

    /// The program that was built beside this test bundle.
    static let program: String = {
        let parts = HostDescription.executablePath.split(separator: "/").dropLast()
        return "/" + parts.joined(separator: "/") + "/statsreplay"
    }()

    /// The same program, for a run to its end.
    static let statsreplay = ExternalProgram(path: program)

    /// Whether this process may capture: everything but "no permission" is for the tests to judge.
    static let canCapture: Bool = {
        guard let capture = try? CaptureProcess(["lo", "--duration", "1ms"]), let end = try? capture.finish() else {
            return true
        }
        return end.status != 77
    }()

    static var canDropRights: Bool { geteuid() == 0 && ExternalProgram.isInstalled("setpriv") }

    /// Starts `statsreplay capture ARGUMENTS` in its folder.
    ///
    /// - Parameter prefix: a command that runs it, such as `ip netns exec NAME`
    init(_ arguments: [String], prefix: [String] = [], program: String = CaptureProcess.program) throws {
        temporary = try TemporaryFolder()
        let words = prefix + [program, "capture"] + arguments
        process.executableURL = URL(fileURLWithPath: words[0])
        process.arguments = Array(words.dropFirst())
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = errors
        try process.run()
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// Waits until it says that it captures; only then are packets taken.
    func waitUntilCapturing() throws { try listen(for: "Ctrl-C ends it") }

    /// Reads its standard error until `text` stands in it; without a text, until it is closed.
    private func listen(for text: String?) throws {
        let clock = SystemClock()
        let descriptor = errors.fileHandleForReading.fileDescriptor
        while text.map({ !transcript.contains($0) }) ?? true {
            let left = Nanoseconds((Self.patience.rawValue - (clock.now - .start).rawValue))
            guard left > .zero else { throw TimedOut(waitingFor: text ?? "its end", transcript: transcript) }
            let wake = try DescriptorPoll.wait(descriptor, -1, timeout: left)
            guard !wake.isEmpty else { continue }
            let data = errors.fileHandleForReading.availableData
            if data.isEmpty {
                if let text { throw TimedOut(waitingFor: text, transcript: transcript) }
                return
            }
            transcript += String(decoding: data, as: UTF8.self)
        }
    }

    /// Waits for its end: the exit code (minus the signal that killed it), and what it printed on standard output.
    func finish() throws -> (status: Int32, output: String) {
        // The summary is far smaller than a pipe: it never waits for a reader.
        try listen(for: nil)
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let status = process.terminationStatus
        return (process.terminationReason == .uncaughtSignal ? -status : status, text)
    }

    func size(of name: String) -> Int {
        let attributes = try? FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
        return (attributes?[.size] as? NSNumber)?.intValue ?? 0
    }

    var names: [String] { temporary.names }

    /// Looks again and again until `condition` holds; false when it did not within `time`.
    static func eventually(within time: Nanoseconds = patience, _ condition: () -> Bool) throws -> Bool {
        let clock = SystemClock()
        while !condition() {
            guard clock.now - .start < time else { return false }
            _ = try DescriptorPoll.wait(-1, -1, timeout: .milliseconds(5))
        }
        return true
    }
}
