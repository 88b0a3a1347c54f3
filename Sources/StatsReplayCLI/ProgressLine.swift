import Foundation

/// A line on a terminal's standard error that is overwritten while a long operation runs. Without a terminal it is silent.
struct ProgressLine {
    private let isActive: Bool
    private let begun = ContinuousClock.now
    private var isShown = false

    init(terminal: Terminal) { isActive = terminal.errorIsTerminal }

    /// Shows `text` if the work has taken longer than a second.
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
