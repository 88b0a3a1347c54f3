/// Makes text of unknown origin safe for a terminal or an error message.
package enum PrintableText {
    /// Replaces control and format characters (escape sequences, direction marks, line breaks) by `\u{NN}`. Other characters
    /// stay.
    package static func escaped(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars { append(scalar, to: &out) }
        return out
    }

    /// The same for the first `count` characters, with `...` if more follow. O(count), however long the text is.
    package static func cut(_ text: String, _ count: Int = 120) -> String {
        var out = ""
        for (position, scalar) in text.unicodeScalars.prefix(count + 1).enumerated() {
            if position == count { return out + "..." }
            append(scalar, to: &out)
        }
        return out
    }

    private static func append(_ scalar: Unicode.Scalar, to out: inout String) {
        if isPrintable(scalar) {
            out.unicodeScalars.append(scalar)
        } else {
            out += "\\u{\(String(scalar.value, radix: 16))}"
        }
    }

    package static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        default: true
        }
    }
}
