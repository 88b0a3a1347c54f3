/// A rate in bits per second, in tc's notation: `10mbit`, `512kbit`, `1gbit`.
package struct BitRate: Hashable, Sendable {
    /// Bits per second, at least 1.
    package let bitsPerSecond: UInt64

    /// A rate from its number. Traps at 0.
    package init(bitsPerSecond: UInt64) {
        precondition(bitsPerSecond > 0, "a rate is above zero")
        self.bitsPerSecond = bitsPerSecond
    }

    /// The highest rate: 10 Tbit/s.
    package static let maximum = BitRate(bitsPerSecond: 10_000_000_000_000)

    private static let units: [(name: String, scale: UInt64)] = [
        ("tbit", 1_000_000_000_000), ("gbit", 1_000_000_000), ("mbit", 1_000_000), ("kbit", 1000), ("bit", 1),
    ]

    /// Reads `10mbit`, `1.5mbit`, `800bit`. Units are powers of 1000, like tc's.
    ///
    /// Errors: ``UnitError``. `10mbps` is refused, because it means megabytes in tc and megabits everywhere else.
    package init(parsing text: String) throws(UnitError) {
        let (number, unit) = splitUnit(text)
        if unit.lowercased().hasSuffix("bps") {
            throw UnitError(text: text, expected: "clear (tc counts bytes by 'bps'): write bits, such as 10mbit")
        }
        guard let number, let scale = Self.units.first(where: { $0.name == unit.lowercased() })?.scale else {
            throw UnitError(text: text, expected: "a rate with its unit: bit, kbit, mbit, gbit or tbit, such as 10mbit")
        }
        let bits = (number * Double(scale)).rounded()
        guard bits >= 1, bits <= Double(Self.maximum.bitsPerSecond) else {
            throw UnitError(text: text, expected: "a rate from 1bit to \(Self.maximum)")
        }
        bitsPerSecond = UInt64(bits)
    }
}

extension BitRate: CustomStringConvertible {
    /// The shortest exact text: `10mbit`, `1500kbit`.
    package var description: String {
        for (name, scale) in Self.units where bitsPerSecond % scale == 0 { return "\(bitsPerSecond / scale)\(name)" }
        return "\(bitsPerSecond)bit"
    }
}
