import Foundation

/// Ends the process with a message if a property does not hold. A trap in a release build gives no message.
func require(_ holds: Bool, _ sentence: @autoclosure () -> String) {
    if holds { return }
    FileHandle.standardError.write(Data("property broken: \(sentence())\n".utf8))
    abort()
}
