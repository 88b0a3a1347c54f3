/// A capture made here, byte by byte: a pcap file of raw IPv4 packets, ten milliseconds apart.
enum SampleCapture {
    /// Each datagram says a counter, a timing and an event.
    static func bytes(datagrams: Int) -> [UInt8] {
        var bytes = little(0xA1B2_C3D4, 4) + little(2, 2) + little(4, 2) + little(0, 8) + little(65_535, 4) + little(101, 4)
        for index in 0..<datagrams {
            let text = Array("a.count:\(index % 5 + 1)|c\nb.time:\(index % 7)|ms\n_e{5,4}:title|text".utf8)
            let udp = big(40_000) + big(8125) + big(8 + text.count) + big(0) + text
            let packet = [0x45, 0] + big(20 + udp.count) + big(index) + [0, 0, 64, 17] + big(0) + [127, 0, 0, 1, 127, 0, 0, 1] + udp
            bytes += little(1_700_000_000 + index / 100, 4) + little(index % 100 * 10_000, 4)
            bytes += little(packet.count, 4) + little(packet.count, 4) + packet
        }
        return bytes
    }

    private static func little(_ number: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }

    private static func big(_ number: Int) -> [UInt8] { little(number, 2).reversed() }
}
