import PacketCapture
import StatsModel
import Verification

/// Why there is no result: nothing was run, or what was to be written could not be.
public struct ReplayError: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Kind: Equatable, Sendable {
        /// A word or a value of the test makes no sense.
        case invalidTest
        /// The capture, or the client's file, is missing or may not be read.
        case missingInput
        /// The bytes are no capture or no client file, or reading them failed.
        case unusableInput
        /// A golden file cannot be written.
        case unwritableOutput
    }

    public let kind: Kind
    /// What is wrong, where, and what would be right, in a sentence.
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
