/// Packets in wire format, built independent of the code under test. All numbers are big-endian.
enum FrameBytes {
    static let payload = Array("fuzz.requests:1|c|#env:prod\nfuzz.wait:12.5|ms|@0.5".utf8)

    static func two(_ value: Int) -> [UInt8] { [UInt8(truncatingIfNeeded: value >> 8), UInt8(truncatingIfNeeded: value)] }

    /// A UDP datagram without a checksum.
    static func udp(_ payload: [UInt8] = payload, port: Int = 8125) -> [UInt8] {
        two(40_000) + two(port) + two(8 + payload.count) + two(0) + payload
    }

    /// An IPv4 packet with a correct header checksum.
    ///
    /// - Parameters:
    ///   - offset: the body's position in its datagram, in bytes, a multiple of 8
    ///   - options: IPv4 options, a multiple of 4 bytes
    ///   - next: the body's protocol
    static func ipv4(
        _ body: [UInt8], offset: Int = 0, hasMore: Bool = false, options: [UInt8] = [], next: UInt8 = 17
    ) -> [UInt8] {
        var header: [UInt8] = [UInt8(0x45 + options.count / 4), 0] + two(20 + options.count + body.count) + two(7)
        header += two(offset / 8 | (hasMore ? 0x2000 : 0)) + [64, next, 0, 0, 127, 0, 0, 1, 127, 0, 0, 2] + options
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

    /// The two fragments of an IPv6 datagram, each with hop-by-hop options.
    static func ipv6Fragments() -> [[UInt8]] {
        let whole = udp()
        let hopByHop: [UInt8] = [44, 0, 1, 4, 0, 0, 0, 0]
        let identification: [UInt8] = [0, 0, 0, 9]
        let first = hopByHop + [17, 0] + two(1) + identification + whole[..<24]
        let second = hopByHop + [17, 0] + two(24) + identification + whole[24...]
        return [ipv6(Array(first), next: 0), ipv6(Array(second), next: 0)]
    }

    /// The three fragments of an IPv4 datagram, the last fragment first.
    static func ipv4Fragments() -> [[UInt8]] {
        let whole = udp()
        return [
            ipv4(Array(whole[32...]), offset: 32), ipv4(Array(whole[..<16]), hasMore: true),
            ipv4(Array(whole[16..<32]), offset: 16, hasMore: true),
        ]
    }

    /// A datagram in each kind of tunnel over IPv4, a datagram in two nested tunnels, and two fragments inside a tunnel.
    static func tunnels() -> [[UInt8]] {
        let inner = ipv4(udp())
        let frame = [UInt8](repeating: 2, count: 12) + [8, 0] + inner
        let vxlan: [UInt8] = [8, 0, 0, 0, 0, 0, 42, 0]
        let keyed: [UInt8] = [0xB0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 1]
        let inVXLAN = ipv4(udp(vxlan + frame, port: 4789))
        let pieces = ipv4Fragments().map { ipv4([0, 0, 8, 0] + $0, next: 47) }
        return [
            inVXLAN, ipv4(udp([1, 0, 0x65, 0x58, 0, 0, 42, 0, 1, 2, 3, 0] + frame, port: 6081)),
            ipv4([0, 0, 8, 0] + inner, next: 47), ipv4([0, 0, 0x65, 0x58] + frame, next: 47), ipv4(keyed + inner, next: 47),
            ipv4(inner, next: 4), ipv4(ipv6(udp()), next: 41), ipv4([0, 0, 8, 0] + inVXLAN, next: 47),
        ] + pieces
    }
}
