import Foundation
import Verification

/// Finds the captures that a command works on.
enum CapturePaths {
    /// The named captures, or else all captures in the folder. Without a folder it is the project's own.
    ///
    /// Throws ``CommandFailure`` if there is none.
    static func resolve(
        _ named: [String], folder: String?, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws -> [String] {
        var request = RunRequest()
        request.captures = named
        request.capturesFolder = folder ?? "\(RunCommand.homePrefix(environment))captures"
        do {
            return try RunSuite.capturePaths(request)
        } catch {
            throw RunCommand.failure(error)
        }
    }
}
