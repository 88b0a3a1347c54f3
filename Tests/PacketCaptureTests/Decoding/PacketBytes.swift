@testable import PacketCapture

/// Builds the packets that tests read: bytes by the RFCs, independent of the code under test.
enum PacketBytes {
    static func big16(_ value: Int) -> [UInt8] { [UInt8(value >> 8 & 0xFF), UInt8(value & 0xFF)] }
    static func big32(_ value: Int) -> [UInt8] { big16(value >> 16) + big16(value) }

    enum Checksum { case right, none, offloaded, wrong }

    /// One conversation: who sends to whom.
    struct Flow {
        var source: [UInt8] = [192, 0, 2, 1]
        var destination: [UInt8] = [192, 0, 2, 2]
        var sourcePort = 40_000
        var destinationPort = 8125

        static let ipv4 = Flow()
        static let ipv6 = Flow(
            source: [0x20, 1, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [1],
            destination: [0x20, 1, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [2])

        var isIPv6: Bool { source.count == 16 }
    }

    /// The one's complement sum, a word at a time: slow and plain, to judge the fast one.
    static func sum(_ bytes: [UInt8]) -> Int {
        var sum = 0
        for index in stride(from: 0, to: bytes.count, by: 2) {
            sum += Int(bytes[index]) << 8 + (index + 1 < bytes.count ? Int(bytes[index + 1]) : 0)
        }
        while sum > 0xFFFF { sum = sum >> 16 + sum & 0xFFFF }
        return sum
    }

    static func udp(
        _ payload: [UInt8], _ flow: Flow = .ipv4, checksum: Checksum = .right, length: Int? = nil
    ) -> [UInt8] {
        let count = 8 + payload.count
        let head = big16(flow.sourcePort) + big16(flow.destinationPort) + big16(length ?? count)
        let pseudo = flow.source + flow.destination + big32(count) + [0, 0, 0, 17]
        let right = ~sum(pseudo + head + [0, 0] + payload) & 0xFFFF
        let field =
            switch checksum {
            case .right: right == 0 ? 0xFFFF : right
            case .none: 0
            case .offloaded: sum(pseudo)
            case .wrong: right == 1 ? 2 : right ^ 0x0101
            }
        return head + big16(field) + payload
    }

    /// - Parameter offset: in bytes, a multiple of 8
    static func ipv4(
        _ payload: [UInt8], _ flow: Flow = .ipv4, id: Int = 7, offset: Int = 0, more: Bool = false,
        options: [UInt8] = [], total: Int? = nil, proto: UInt8 = 17, hasBadChecksum: Bool = false,
        ttl: UInt8 = 64
    ) -> [UInt8] {
        let count = 20 + options.count
        let flags = (more ? 0x2000 : 0) | offset / 8
        var header: [UInt8] = [UInt8(0x40 | count / 4), 0] + big16(total ?? count + payload.count) + big16(id)
        header += big16(flags) + [ttl, proto, 0, 0] + flow.source + flow.destination + options
        let checksum = ~sum(header) & 0xFFFF ^ (hasBadChecksum ? 0x55 : 0)
        header[10] = UInt8(checksum >> 8)
        header[11] = UInt8(checksum & 0xFF)
        return header + payload
    }

    static func ipv6(
        _ payload: [UInt8], _ flow: Flow = .ipv6, next: UInt8 = 17, length: Int? = nil
    ) -> [UInt8] {
        [0x60, 0, 0, 0] + big16(length ?? payload.count) + [next, 64] + flow.source + flow.destination + payload
    }

    /// Hop by hop, destination options: `units` times 8 bytes beyond the first.
    static func extensionHeader(next: UInt8, units: Int = 0) -> [UInt8] {
        // Filled with a PadN option.
        [next, UInt8(units), 1, UInt8(4 + units * 8)] + [UInt8](repeating: 0, count: 4 + units * 8)
    }

    static func fragmentHeader(next: UInt8 = 17, offset: Int, more: Bool, id: Int) -> [UInt8] {
        [next, 0] + big16(offset | (more ? 1 : 0)) + big32(id)
    }

    static func type(of packet: [UInt8]) -> [UInt8] { packet[0] >> 4 == 6 ? [0x86, 0xDD] : [0x08, 0x00] }

    static func ethernet(_ packet: [UInt8], tags: [Int] = []) -> [UInt8] {
        var frame: [UInt8] = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1]
        for (index, tag) in tags.enumerated() { frame += big16(tag) + big16(100 + index) }
        return frame + type(of: packet) + packet
    }

    static func cooked(_ packet: [UInt8], packetType: Int = 0) -> [UInt8] {
        big16(packetType) + big16(772) + big16(6) + [UInt8](repeating: 0, count: 8) + type(of: packet) + packet
    }

    static func cooked2(_ packet: [UInt8], interface: Int = 1, packetType: UInt8 = 0) -> [UInt8] {
        type(of: packet) + [0, 0] + big32(interface) + big16(772) + [packetType, 6] + [UInt8](repeating: 0, count: 8)
            + packet
    }

    static func null(_ packet: [UInt8], family6: UInt8 = 30, isBigEndian: Bool) -> [UInt8] {
        let family: UInt8 = packet[0] >> 4 == 6 ? family6 : 2
        return (isBigEndian ? [0, 0, 0, family] : [family, 0, 0, 0]) + packet
    }

    /// Splits what IP carries into fragments of `size` bytes (a multiple of 8), in order.
    static func fragments(_ payload: [UInt8], _ flow: Flow = .ipv4, size: Int, id: Int) -> [[UInt8]] {
        stride(from: 0, to: payload.count, by: size).map { offset in
            let end = min(offset + size, payload.count)
            return fragment(
                Array(payload[offset..<end]), flow, offset: offset, more: end < payload.count, id: id)
        }
    }

    static func fragment(_ piece: [UInt8], _ flow: Flow = .ipv4, offset: Int, more: Bool, id: Int) -> [UInt8] {
        flow.isIPv6
            ? ipv6(fragmentHeader(offset: offset, more: more, id: id) + piece, flow, next: 44)
            : ipv4(piece, flow, id: id, offset: offset, more: more)
    }

    static func text(_ text: String) -> [UInt8] { Array(text.utf8) }
}
