import PacketCapture
import StatsModel
import Verification

/// The reason why there is no result: nothing was run, or a golden file could not be written.
public struct ReplayError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The kinds of errors, for programs that decide by them.
    public enum Kind: Equatable, Sendable {
        /// An option or a value of the test makes no sense.
        case invalidTest
        /// The capture, or the client's file, is missing or may not be read.
        case missingInput
        /// The bytes are no capture or no client file, or reading them failed.
        case unusableInput
        /// A golden file cannot be written.
        case unwritableOutput
    }

    /// The kind of the error.
    public let kind: Kind
    /// A sentence that names the problem, its place and the allowed values.
    public let description: String

    init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }

    init(_ error: CaptureError) {
        switch error.kind {
        case .missing, .notPermitted: self.init(.missingInput, "\(error)")
        case .unusable, .inputFailed: self.init(.unusableInput, "\(error)")
        }
    }
}
