package import StatsModel

/// The longest IP packet that a link carries, and what happens to longer ones.
package struct MaximumTransmissionUnit: Hashable, Sendable {
    /// The size of the longest IP packet, in bytes, with its IP header.
    package var bytes: Int
    /// If false, longer datagrams are sent as fragments, and all fragments must arrive. If true, the send fails with EMSGSIZE,
    /// as with the "don't fragment" flag.
    package var isRefused: Bool

    /// The range of sizes. Every IPv4 link carries 68 bytes without fragmenting (RFC 791, section 3.2), and no IPv4 packet is
    /// longer than 65535.
    package static let allowed = 68...65_535

    package init(_ bytes: Int, isRefused: Bool = false) {
        self.bytes = bytes
        self.isRefused = isRefused
    }

    /// Reads `1280` or `1280,emsgsize`. Errors: ``UnitError``.
    package init(parsing text: String) throws(UnitError) {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let bytes = Int(parts[0]), Self.allowed.contains(bytes),
            parts.count == 1 || parts[1] == "emsgsize"
        else { throw UnitError(text: text, expected: "an MTU from 68 to 65535, such as 1280 or 1280,emsgsize") }
        self.init(bytes, isRefused: parts.count == 2)
    }

    /// The size of an IPv4 header without options. The next constant is that of a UDP header.
    static let ipHeader = 20
    static let udpHeader = 8

    /// The number of fragments of a datagram with `byteCount` bytes of UDP payload (RFC 791: every fragment but the last
    /// carries a multiple of eight bytes).
    package func fragments(ofDatagram byteCount: Int) -> Int {
        let data = byteCount + Self.udpHeader
        if data + Self.ipHeader <= bytes { return 1 }
        let each = (bytes - Self.ipHeader) / 8 * 8
        return (data + each - 1) / each
    }
}

extension MaximumTransmissionUnit: CustomStringConvertible {
    /// The text in the form that ``init(parsing:)`` reads.
    package var description: String { isRefused ? "\(bytes),emsgsize" : "\(bytes)" }
}
