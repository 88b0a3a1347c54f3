/// Packets as the wire shows them, built apart from the code under test. Everything here is big-endian.
enum FrameBytes {
    static let payload = Array("fuzz.requests:1|c|#env:prod\nfuzz.wait:12.5|ms|@0.5".utf8)

    static func two(_ value: Int) -> [UInt8] { [UInt8(truncatingIfNeeded: value >> 8), UInt8(truncatingIfNeeded: value)] }

    /// A UDP datagram without a checksum.
    static func udp(_ payload: [UInt8] = payload) -> [UInt8] {
        two(40_000) + two(8125) + two(8 + payload.count) + two(0) + payload
    }

    /// An IPv4 packet with the checksum its header needs.
    ///
    /// - Parameters:
    ///   - offset: where the body stands in its datagram, in bytes, a multiple of 8
    ///   - options: IPv4 options, a multiple of 4 bytes
    static func ipv4(_ body: [UInt8], offset: Int = 0, hasMore: Bool = false, options: [UInt8] = []) -> [UInt8] {
        var header: [UInt8] = [UInt8(0x45 + options.count / 4), 0] + two(20 + options.count + body.count) + two(7)
        header += two(offset / 8 | (hasMore ? 0x2000 : 0)) + [64, 17, 0, 0, 127, 0, 0, 1, 127, 0, 0, 2] + options
        var sum = 0
        for index in stride(from: 0, to: header.count, by: 2) { sum += Int(header[index]) << 8 | Int(header[index + 1]) }
        while sum > 0xFFFF { sum = sum & 0xFFFF + sum >> 16 }
        header.replaceSubrange(10..<12, with: two(~sum))
        return header + body
    }

    /// An IPv6 packet.
    ///
    /// - Parameters:
    ///   - next: the protocol of the body's first header
    static func ipv6(_ body: [UInt8], next: UInt8 = 17) -> [UInt8] {
        let address: [UInt8] = [0x20, 1, 0xD, 0xB8] + [UInt8](repeating: 0, count: 11)
        return [0x60, 0, 0, 0] + two(body.count) + [next, 64] + address + [1] + address + [2] + body
    }

    /// The two fragments of an IPv6 datagram behind hop-by-hop options.
    static func ipv6Fragments() -> [[UInt8]] {
        let whole = udp()
        let hopByHop: [UInt8] = [44, 0, 1, 4, 0, 0, 0, 0]
        let identification: [UInt8] = [0, 0, 0, 9]
        let first = hopByHop + [17, 0] + two(1) + identification + whole[..<24]
        let second = hopByHop + [17, 0] + two(24) + identification + whole[24...]
        return [ipv6(Array(first), next: 0), ipv6(Array(second), next: 0)]
    }

    /// The three fragments of an IPv4 datagram, the last one first.
    static func ipv4Fragments() -> [[UInt8]] {
        let whole = udp()
        return [
            ipv4(Array(whole[32...]), offset: 32), ipv4(Array(whole[..<16]), hasMore: true),
            ipv4(Array(whole[16..<32]), offset: 16, hasMore: true),
        ]
    }
}
