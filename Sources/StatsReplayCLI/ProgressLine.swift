import Foundation

/// One line on a terminal's standard error that is written over again while something long goes on; silent elsewhere.
struct ProgressLine {
    private let isActive: Bool
    private let begun = ContinuousClock.now
    private var isShown = false

    init(terminal: Terminal) { isActive = terminal.errorIsTerminal }

    /// Shows `text` once the work has taken longer than a second.
    mutating func show(_ text: String) {
        guard isActive, ContinuousClock.now - begun > .seconds(1) else { return }
        FileHandle.standardError.write(Data("\r\u{1B}[K\(text)".utf8))
        isShown = true
    }

    mutating func clear() {
        if isShown { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
        isShown = false
    }
}
