/// Words of a command line that people copy from a report.
package enum ShellWord {
    /// `text` in a form that a shell reads as the same text: unquoted if possible, else in single quotes.
    package static func quoted(_ text: String) -> String {
        let isPlain = text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-/%+,:=@".contains($0)) }
        if isPlain, !text.isEmpty { return text }
        return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
