/// Builds capture files and packets byte by byte, independent of the code under test.
enum CaptureBytes {
    /// A pcap file (version 2.4) with one packet per millisecond, from 2023-11-14 on.
    static func pcap(link: UInt32, _ packets: [[UInt8]], isBig: Bool = false, isNanoseconds: Bool = false) -> [UInt8] {
        let order = Order(isBig: isBig)
        var file = order.four(isNanoseconds ? 0xA1B2_3C4D : 0xA1B2_C3D4)
        file += order.two(2) + order.two(4) + order.four(0) + order.four(0) + order.four(262_144) + order.four(link)
        for (index, packet) in packets.enumerated() {
            let count = UInt32(packet.count)
            file += order.four(1_700_000_000) + order.four(UInt32(index) * (isNanoseconds ? 1_000_000 : 1000) % 999_999)
            file += order.four(count) + order.four(count) + packet
        }
        return file
    }

    /// A pcapng section with an Ethernet interface in microseconds, the packets, and drop statistics.
    static func pcapng(_ packets: [[UInt8]], isBig: Bool) -> [UInt8] {
        let order = Order(isBig: isBig)
        let unknownLength = [UInt8](repeating: 0xFF, count: 8)
        var file = order.block(0x0A0D_0D0A, order.four(0x1A2B_3C4D) + order.two(1) + order.two(0) + unknownLength)
        file += order.block(1, order.two(1) + order.two(0) + order.four(0) + order.option(9, [6]) + order.option(0, []))
        for (index, packet) in packets.enumerated() {
            let time = 1_700_000_000_000_000 + UInt64(index) * 1000
            let count = UInt32(packet.count)
            file += order.block(
                6,
                order.four(0) + order.four(UInt32(time >> 32)) + order.four(UInt32(truncatingIfNeeded: time))
                    + order.four(count) + order.four(count) + order.padded(packet))
        }
        let drops = order.option(4, order.eight(10)) + order.option(5, order.eight(2)) + order.option(0, [])
        file += order.block(5, order.four(0) + order.four(0) + order.four(0) + drops)
        return file
    }

    /// The byte order of a file's numbers.
    struct Order {
        var isBig: Bool

        func two(_ value: UInt16) -> [UInt8] { bytes(UInt64(value), count: 2) }
        func four(_ value: UInt32) -> [UInt8] { bytes(UInt64(value), count: 4) }
        func eight(_ value: UInt64) -> [UInt8] { bytes(value, count: 8) }

        private func bytes(_ value: UInt64, count: Int) -> [UInt8] {
            let little = (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
            return isBig ? little.reversed() : little
        }

        func padded(_ bytes: [UInt8]) -> [UInt8] { bytes + [UInt8](repeating: 0, count: -bytes.count & 3) }

        func option(_ code: UInt16, _ value: [UInt8]) -> [UInt8] {
            two(code) + two(UInt16(value.count)) + padded(value)
        }

        func block(_ type: UInt32, _ body: [UInt8]) -> [UInt8] {
            let count = UInt32(body.count + 12)
            return four(type) + four(count) + body + four(count)
        }
    }
}
