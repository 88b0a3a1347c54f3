import StatsModel

/// Formats text of unknown origin for a terminal.
enum InspectText {
    /// Escapes control and format characters as `\u{NN}`.
    static func escaped(_ text: String) -> String { PrintableText.escaped(text) }

    static func isPrintable(_ scalar: Unicode.Scalar) -> Bool { PrintableText.isPrintable(scalar) }

    /// The columns that the text takes on a terminal. Combining marks take none; wide East Asian characters and emoji take two.
    static func width(_ text: String) -> Int {
        text.unicodeScalars.reduce(0) { $0 + width($1) }
    }

    private static func width(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: break
        }
        // The wide blocks of Unicode's EastAsianWidth.txt.
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }

    /// Cuts the text to at most `columns`, with an ellipsis where something is missing.
    static func fitted(_ text: String, _ columns: Int) -> String {
        guard width(text) > columns else { return text }
        var (out, used) = ("", 0)
        for character in text {
            let next = width(String(character))
            if used + next > columns - 1 { break }
            out.append(character)
            used += next
        }
        return out + "…"
    }

    /// Rows with aligned columns, two spaces apart. `right` lists the columns that hold numbers. The last column is not padded.
    static func table(_ rows: [[String]], right: Set<Int> = []) -> [String] {
        let count = rows.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in rows.map { column < $0.count ? width($0[column]) : 0 }.max() ?? 0 }
        return rows.map { row in
            let cells = row.indices.map { column in
                let padding = String(repeating: " ", count: widths[column] - width(row[column]))
                if right.contains(column) { return padding + row[column] }
                return column == row.count - 1 ? row[column] : row[column] + padding
            }
            return "  " + cells.joined(separator: "  ")
        }
    }

    /// Counts as one line of block characters, at most `columns` of them. A blank means zero.
    static func plot(_ counts: [UInt64], columns: Int) -> (line: String, peak: Double) {
        let width = min(max(columns, 1), counts.count)
        let levels = (0..<width).map { column in
            let bins = counts[column * counts.count / width..<(column + 1) * counts.count / width]
            return Double(bins.reduce(0, +)) / Double(bins.count)
        }
        let peak = levels.max() ?? 0
        let blocks = Array("▁▂▃▄▅▆▇█")
        let line = levels.map { $0 == 0 ? " " : blocks[min(7, Int($0 / peak * 8))] }
        return (String(line), peak)
    }
}
