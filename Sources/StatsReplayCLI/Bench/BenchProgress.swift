import Synchronization

/// A ``ProgressLine`` that several closures share.
final class BenchProgress: Sendable {
    private let line: Mutex<ProgressLine>

    init(terminal: Terminal) { line = Mutex(ProgressLine(terminal: terminal)) }

    func show(_ text: String) { line.withLock { $0.show(text) } }
    func clear() { line.withLock { $0.clear() } }
}
