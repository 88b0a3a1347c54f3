import PacketCapture

/// Properties of any packets of any link type in a valid file: each packet is counted, and a datagram's payload lies inside its
/// packet.
///
/// Input: the link type's index in ``links``, then for each packet its length (2 bytes, little-endian; cut at the end of the
/// input) and its bytes.
enum FrameProperties {
    /// Ethernet, Linux cooked 1 and 2, null, OpenBSD loop, raw IP, IPv4, IPv6, NFLOG, PKTAP, and a link type that is not read.
    static let links: [UInt32] = [1, 113, 276, 0, 108, 101, 228, 229, 239, 258, 147]
    private static let mostPackets = 64

    static func check(_ bytes: [UInt8]) {
        guard let first = bytes.first else { return }
        let packets = split(bytes)
        let file = CaptureBytes.pcap(link: links[Int(first) % links.count], packets)
        let reading = CaptureProperties.read(file)
        require(reading.error == nil, "a sound file gave the error: \(reading.error.map(String.init(describing:)) ?? "")")
        require(reading.notes.packets == UInt64(packets.count), "\(reading.notes.packets) of \(packets.count) packets")
        var last: UInt64 = 0
        for datagram in reading.datagrams {
            require(datagram.packetNumber > last, "packet \(datagram.packetNumber) gave a datagram after packet \(last)")
            last = datagram.packetNumber
            let packet = packets[Int(last) - 1]
            require(
                datagram.wasFragmented || contains(packet, datagram.payload),
                "the payload of packet \(last) does not stand in it")
        }
    }

    private static func split(_ bytes: [UInt8]) -> [[UInt8]] {
        var packets: [[UInt8]] = []
        var index = 1
        while index + 2 <= bytes.count, packets.count < mostPackets {
            let count = Int(bytes[index]) | Int(bytes[index + 1]) << 8
            let end = min(index + 2 + count, bytes.count)
            packets.append(Array(bytes[index + 2..<end]))
            index = end
        }
        return packets
    }

    private static func contains(_ whole: [UInt8], _ part: [UInt8]) -> Bool {
        guard part.count <= whole.count else { return false }
        return part.isEmpty || (0...whole.count - part.count).contains { whole[$0..<$0 + part.count].elementsEqual(part) }
    }

    /// One input for each link type, with every packet below.
    static func seeds() -> [[UInt8]] {
        links.indices.map { place in
            frames(of: links[place]).reduce(into: [UInt8(place)]) { input, frame in
                input += [UInt8(frame.count & 0xFF), UInt8(frame.count >> 8)] + frame
            }
        }
    }

    /// UDP over IPv4 and IPv6, with options, in fragments, and with VLAN tags where the link has them.
    static func frames(of link: UInt32) -> [[UInt8]] {
        let v4 = [FrameBytes.ipv4(FrameBytes.udp()), FrameBytes.ipv4(FrameBytes.udp(), options: [1, 1, 1, 0])]
        let v6 = [FrameBytes.ipv6(FrameBytes.udp())] + FrameBytes.ipv6Fragments()
        let allV4 = v4 + FrameBytes.ipv4Fragments() + FrameBytes.tunnels()
        let plain = allV4.map { wrap($0, link: link, version: 4) } + v6.map { wrap($0, link: link, version: 6) }
        guard link == 1 else { return plain }
        let stations = [UInt8](repeating: 2, count: 12)
        let vlan = stations + [0x81, 0, 0, 7, 8, 0] + v4[0]
        let stacked = stations + [0x88, 0xA8, 0, 7, 0x81, 0, 0, 8, 0x86, 0xDD] + v6[0]
        return plain + [vlan, stacked]
    }

    private static func wrap(_ packet: [UInt8], link: UInt32, version: Int) -> [UInt8] {
        let type: [UInt8] = version == 4 ? [8, 0] : [0x86, 0xDD]
        let family: UInt8 = version == 4 ? 2 : 10
        return switch link {
        case 1: [UInt8](repeating: 2, count: 12) + type + packet
        case 113: [0, 0, 3, 4, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0] + type + packet
        case 276: type + [0, 0, 0, 0, 0, 1, 3, 4, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0] + packet
        case 0: [family, 0, 0, 0] + packet
        case 108: [0, 0, 0, family] + packet
        case 239: [family, 0, 0, 30, 8, 0, 1, 0, 8, 0, 3, 0] + FrameBytes.two(packet.count + 4).reversed() + [9, 0] + packet
        case 258: [16, 0, 0, 0, 1, 0, 0, 0, 101, 0, 0, 0, 0, 0, 0, 0] + packet
        default: packet
        }
    }
}
