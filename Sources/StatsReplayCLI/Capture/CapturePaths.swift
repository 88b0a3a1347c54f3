import Foundation
import Verification

/// Which captures a command means.
enum CapturePaths {
    /// Those named, or else every capture of the folder; the project's own folder where none is given.
    ///
    /// Throws ``CommandFailure`` where there is none.
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
