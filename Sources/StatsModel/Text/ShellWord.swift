/// Words of a command line, as people copy them out of a report.
public enum ShellWord {
    /// `text` as a shell reads it back: plain where it can be, in single quotes elsewhere.
    public static func quoted(_ text: String) -> String {
        let isPlain = text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-/%+,:=@".contains($0)) }
        if isPlain, !text.isEmpty { return text }
        return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
