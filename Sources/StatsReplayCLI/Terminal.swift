import Verification

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The properties of the two output streams, determined once.
struct Terminal {
    /// Whether standard output is a terminal.
    let outputIsTerminal = isatty(STDOUT_FILENO) == 1
    /// Whether standard error is a terminal.
    let errorIsTerminal = isatty(STDERR_FILENO) == 1

    /// Columns of the terminal; 80 if there is none.
    var width: Int {
        var size = winsize()
        guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    enum Colour: String {
        case green = "32"
        case red = "31"
        case yellow = "33"
        case dim = "2"
        case bold = "1"
    }

    /// `text` in a colour if the output is a terminal and NO_COLOR is not set; unchanged otherwise.
    func paint(_ text: String, _ colour: Colour) -> String {
        let refused = unsafe getenv("NO_COLOR") != nil
        return outputIsTerminal && !refused ? "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m" : text
    }
}

extension Terminal {
    /// `text` in the colour of its tone.
    func paint(_ text: String, _ tone: RunText.Tone) -> String {
        switch tone {
        case .good: paint(text, .green)
        case .bad: paint(text, .red)
        case .caution: paint(text, .yellow)
        case .quiet: paint(text, .dim)
        case .plain: text
        }
    }
}

/// Writes one line to standard error.
func printError(_ line: String) {
    var bytes = Array(line.utf8)
    bytes.append(UInt8(ascii: "\n"))
    _ = unsafe bytes.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
}
