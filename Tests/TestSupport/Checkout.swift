package import Foundation

/// The folders of this project, for tests that read its own files.
package enum Checkout {
    package static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    package static let sources = root.appendingPathComponent("Sources")
    /// The shipped captures.
    package static let captures = root.appendingPathComponent("captures")
    /// Small captures after public bug reports.
    package static let reports = root.appendingPathComponent("Tests/Reports")
}
