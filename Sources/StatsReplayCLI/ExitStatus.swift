/// All exit codes of the program.
enum ExitStatus: Int32 {
    case verified = 0
    case verificationFailed = 1
    case nothingVerified = 2
    case usage = 64
    case dataUnusable = 65
    case inputMissing = 66
    case unavailable = 69
    case internalError = 70
    case cannotWrite = 73
    case notPermitted = 77
}

/// Ends a command early: the message for standard error, and the exit code.
struct CommandFailure: Error {
    let status: ExitStatus
    let message: String
}
