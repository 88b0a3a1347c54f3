import Dispatch
import Foundation
import Synchronization

/// A program that a test runs to its end.
package struct ExternalProgram: Sendable {
    package let path: String

    package struct Outcome: Sendable {
        /// The exit code. The negative number of the signal, if a signal ended the program.
        package let status: Int32
        /// What it printed on standard output and on standard error.
        package let output, errors: String

        /// The lines of ``output``, without empty ones.
        package var lines: [String] { output.split(separator: "\n").map(String.init) }
    }

    package init(path: String) { self.path = path }

    /// An installed program. nil if it is not installed. Besides `PATH`, the folders of administrators are searched.
    package init?(_ name: String) {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        let places = folders + ["/usr/bin", "/usr/sbin", "/sbin", "/usr/local/bin", "/usr/local/sbin", "/opt/homebrew/bin"]
        guard let found = places.map({ "\($0)/\(name)" }).first(where: FileManager.default.isExecutableFile) else { return nil }
        path = found
    }

    package static func isInstalled(_ name: String) -> Bool { ExternalProgram(name) != nil }

    /// Runs the program with an empty standard input, and waits for its end.
    ///
    /// - Parameters:
    ///   - folder: its working folder. By default that of the tests.
    ///   - environment: its variables. By default those of the tests.
    ///   - whileRunning: called with the number of the process after its start
    package func run(
        _ arguments: [String], in folder: String? = nil, environment: [String: String]? = nil,
        whileRunning: (Int32) throws -> Void = { _ in }
    ) throws -> Outcome {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
        if let environment { process.environment = environment }
        let (output, errors) = (Pipe(), Pipe())
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        // A thread reads errors, because a program that fills one pipe would wait for its reader.
        let reader = ErrorReader(errors.fileHandleForReading)
        do { try whileRunning(process.processIdentifier) } catch {
            process.terminate()
            throw error
        }
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let complaint = reader.text()
        process.waitUntilExit()
        let status = process.terminationReason == .uncaughtSignal ? -process.terminationStatus : process.terminationStatus
        return Outcome(status: status, output: text, errors: complaint)
    }
}

/// Reads a pipe to its end in a thread of its own.
private final class ErrorReader: Sendable {
    private let isDone = DispatchSemaphore(value: 0)
    private let data = Mutex(Data())

    init(_ handle: FileHandle) {
        Thread.detachNewThread { [self] in
            let all = handle.readDataToEndOfFile()
            data.withLock { $0 = all }
            isDone.signal()
        }
    }

    func text() -> String {
        isDone.wait()
        return String(decoding: data.withLock { $0 }, as: UTF8.self)
    }
}
