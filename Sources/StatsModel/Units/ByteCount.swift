/// A size in bytes, as people write it: `64KiB`, `2MB`, `1500`.
package struct ByteCount: Hashable, Sendable {
    /// The number of bytes.
    package var bytes: Int

    /// A size from its number of bytes.
    package init(_ bytes: Int) { self.bytes = bytes }

    /// Reads a whole number of bytes with an optional unit: B, kB, KiB, MB, MiB, GB, GiB, or K, M, G (powers of 1024).
    ///
    /// Errors: ``UnitError`` with the text and the allowed units.
    package init(parsing text: String) throws(UnitError) {
        let units: [(String, Double)] = [
            ("", 1), ("b", 1), ("k", 1024), ("kb", 1000), ("kib", 1024), ("m", 1_048_576), ("mb", 1e6),
            ("mib", 1_048_576), ("g", 1_073_741_824), ("gb", 1e9), ("gib", 1_073_741_824),
        ]
        let (number, unit) = splitUnit(text)
        guard let number, number >= 0, let scale = units.first(where: { $0.0 == unit.lowercased() })?.1,
            number * scale < 9e18, (number * scale).rounded() == number * scale
        else { throw UnitError(text: text, expected: "a size such as 1500, 64KiB, 2MB or 1GiB") }
        bytes = Int(number * scale)
    }
}
