import Foundation

/// Ends the process where a property does not hold, saying which: a trap in a release build says nothing.
func require(_ holds: Bool, _ sentence: @autoclosure () -> String) {
    if holds { return }
    FileHandle.standardError.write(Data("property broken: \(sentence())\n".utf8))
    abort()
}
