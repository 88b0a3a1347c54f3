extension Endpoint: CustomStringConvertible {
    /// The address and port as text: `192.0.2.1:8125`, `[2001:db8::1]:8125`.
    public var description: String { isIPv6 ? "[\(address)]:\(port)" : "\(address):\(port)" }

    /// The address without the port. IPv4 is dotted. IPv6 is written as RFC 5952 says: lower case, no leading zeros, the
    /// longest run of two or more zero groups (the first of equals) as `::`. A mapped IPv4 address stays dotted.
    package var address: String {
        guard isIPv6 else { return Self.dotted(UInt32(truncatingIfNeeded: low)) }
        if high == 0, low >> 32 == 0xFFFF { return "::ffff:\(Self.dotted(UInt32(truncatingIfNeeded: low)))" }
        let groups = (0..<8).map { UInt16(truncatingIfNeeded: ($0 < 4 ? high : low) >> UInt64(48 - $0 % 4 * 16)) }
        let zeros = Self.longestZeroRun(groups)
        let text: (Range<Int>) -> String = { range in
            groups[range].map { String($0, radix: 16) }.joined(separator: ":")
        }
        return zeros.count < 2 ? text(0..<8) : "\(text(0..<zeros.lowerBound))::\(text(zeros.upperBound..<8))"
    }

    private static func longestZeroRun(_ groups: [UInt16]) -> Range<Int> {
        var longest = 0..<0
        var start = 0
        for (index, group) in groups.enumerated() {
            if group != 0 { start = index + 1 }
            if index + 1 - start > longest.count { longest = start..<index + 1 }
        }
        return longest
    }

    private static func dotted(_ address: UInt32) -> String {
        "\(address >> 24).\(address >> 16 & 0xFF).\(address >> 8 & 0xFF).\(address & 0xFF)"
    }
}
