/// Frames as an Ethernet device shows them, for the tests of the live half.
struct LiveFrames {
    var tags: [UInt16] = []
    var source: UInt8 = 1
    var destination: UInt8 = 2
    var identification: UInt16 = 0x1234

    private func link(_ type: UInt16) -> [UInt8] {
        var bytes: [UInt8] = Array(repeating: 2, count: 12)
        for tag in tags { bytes += [0x81, 0x00, UInt8(tag >> 8), UInt8(tag & 0xFF)] }
        return bytes + big(type)
    }

    /// An IPv4 packet, whole or a fragment; no checksum, for nobody here looks at it.
    func ipv4(_ payload: [UInt8], transport: UInt8 = 17, offset: Int = 0, more: Bool = false) -> [UInt8] {
        let flags = UInt16(offset / 8) | (more ? 0x2000 : 0)
        return link(0x0800) + [0x45, 0] + big(UInt16(20 + payload.count)) + big(identification) + big(flags)
            + [64, transport, 0, 0, 10, 0, 0, source, 10, 0, 0, destination] + payload
    }

    /// An IPv6 packet; `headers` are extension headers without their first byte, the next header, which is filled in.
    func ipv6(_ payload: [UInt8], transport: UInt8 = 17, headers: [(type: UInt8, rest: [UInt8])] = []) -> [UInt8] {
        var body: [UInt8] = []
        for (index, header) in headers.enumerated() {
            body += [index + 1 < headers.count ? headers[index + 1].type : transport] + header.rest
        }
        body += payload
        let address = Array(repeating: 0 as UInt8, count: 15)
        return link(0x86DD) + [0x60, 0, 0, 0] + big(UInt16(body.count)) + [headers.first?.type ?? transport, 64]
            + address + [source] + address + [destination] + body
    }

    /// The rest of an IPv6 fragment header.
    func fragment(offset: Int, more: Bool) -> (type: UInt8, rest: [UInt8]) {
        (44, [0] + big(UInt16(offset) | (more ? 1 : 0)) + [0, 0] + big(identification))
    }

    /// A hop-by-hop header of 8 bytes.
    static let hopByHop: (type: UInt8, rest: [UInt8]) = (0, [0, 1, 4, 0, 0, 0, 0])

    static func udp(to port: UInt16, from: UInt16 = 40_000, _ payload: [UInt8] = [0x61, 0x3A, 0x31]) -> [UInt8] {
        big(from) + big(port) + big(UInt16(8 + payload.count)) + [0, 0] + payload
    }

    private static func big(_ number: UInt16) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 0xFF)] }
    private func big(_ number: UInt16) -> [UInt8] { Self.big(number) }
}
