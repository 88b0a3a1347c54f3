import Testing

@testable import PacketCapture

/// Builds packets in tunnels, by the RFCs, apart from the code under test.
struct TunnelBytes: Sendable, CustomTestStringConvertible {
    enum Kind: CaseIterable, Sendable {
        case vxlan, oldVXLAN, policyVXLAN, geneve, geneveOptions, geneveIP, gre, greAll, greEthernet, nvgre, ip
    }

    var kind: Kind
    var isIPv6 = false
    var network = 42
    /// What of its own is wrong.
    var hasWrongHeader = false
    var hasWrongChecksum = false

    var testDescription: String { "\(kind) over IPv\(isIPv6 ? 6 : 4)" }

    /// Every kind over either version.
    static let all: [TunnelBytes] = Kind.allCases.flatMap { [TunnelBytes(kind: $0), TunnelBytes(kind: $0, isIPv6: true)] }

    private var flow: PacketBytes.Flow {
        var flow = PacketBytes.Flow.ipv4
        if isIPv6 { flow = .ipv6 }
        flow.source[flow.source.count - 1] = 91
        flow.destination[flow.destination.count - 1] = 92
        return flow
    }

    /// What the outer IP header carries, and its protocol number.
    func body(_ packet: [UInt8]) -> (next: UInt8, bytes: [UInt8]) {
        let identifier = PacketBytes.big32(network << 8)
        let frame = PacketBytes.ethernet(packet)
        let type = PacketBytes.type(of: packet)
        switch kind {
        case .vxlan: return udp([8, 0, 0, 0] + identifier + frame, port: 4789)
        case .oldVXLAN: return udp([8, 0, 0, 0] + identifier + PacketBytes.ethernet(packet, tags: [0x8100]), port: 8472)
        case .policyVXLAN: return udp([0x88, 0, 0, 9] + identifier + frame, port: 4789)
        case .geneve: return udp([0, 0, 0x65, 0x58] + identifier + frame, port: 6081)
        case .geneveOptions:
            let options: [UInt8] = [1, 2, 3, 1, 9, 9, 9, 9]
            return udp([2, 0x40, 0x65, 0x58] + identifier + options + frame, port: 6081)
        case .geneveIP: return udp([0, 0] + type + identifier + packet, port: 6081)
        case .gre: return (47, [0, 0] + type + packet)
        case .greAll:
            let head: [UInt8] = [0xB0, 0] + type
            let fields = PacketBytes.big32(network) + [0, 0, 0, 7] + packet
            let sum = ~PacketBytes.sum(head + [0, 0, 0, 0] + fields) & 0xFFFF ^ (hasWrongChecksum ? 0x0101 : 0)
            return (47, head + PacketBytes.big16(sum) + [0, 0] + fields)
        case .greEthernet: return (47, [0, 0, 0x65, 0x58] + frame)
        case .nvgre: return (47, [0x20, 0, 0x65, 0x58] + identifier + frame)
        case .ip: return (packet[0] >> 4 == 6 ? 41 : 4, packet)
        }
    }

    private func udp(_ payload: [UInt8], port: Int) -> (UInt8, [UInt8]) {
        var flow = flow
        (flow.sourcePort, flow.destinationPort) = (50_000, port)
        return (17, PacketBytes.udp(payload, flow, checksum: hasWrongChecksum ? .wrong : isIPv6 ? .right : .none))
    }

    /// The packet in its tunnel.
    func wrap(_ packet: [UInt8]) -> [UInt8] {
        let (next, bytes) = body(packet)
        return isIPv6 ? PacketBytes.ipv6(bytes, flow, next: next) : PacketBytes.ipv4(bytes, flow, proto: next, hasBadChecksum: hasWrongHeader)
    }

    /// The tunnel's own packet in fragments of `size` bytes.
    func fragments(_ packet: [UInt8], size: Int, id: Int) -> [[UInt8]] {
        let (next, bytes) = body(packet)
        return stride(from: 0, to: bytes.count, by: size).map { offset in
            let piece = Array(bytes[offset..<min(offset + size, bytes.count)])
            let more = offset + size < bytes.count
            guard isIPv6 else { return PacketBytes.ipv4(piece, flow, id: id, offset: offset, more: more, proto: next) }
            let header = PacketBytes.fragmentHeader(next: next, offset: offset, more: more, id: id)
            return PacketBytes.ipv6(header + piece, flow, next: 44)
        }
    }

    /// The inner packets: a datagram of either version.
    static func inner(_ text: String, isIPv6: Bool = false, port: Int = 8125) -> [UInt8] {
        var flow = isIPv6 ? PacketBytes.Flow.ipv6 : .ipv4
        flow.destinationPort = port
        let udp = PacketBytes.udp(PacketBytes.text(text), flow)
        return isIPv6 ? PacketBytes.ipv6(udp, flow) : PacketBytes.ipv4(udp, flow)
    }

    static func read(_ packets: [[UInt8]], ports: PortSet = .standard) -> ReadCapture {
        var file = PcapBytes()
        for (index, packet) in packets.enumerated() { file.add(PacketBytes.ethernet(packet), at: Int64(index) * 1_000_000) }
        return ReadCapture(file.bytes, ports: ports)
    }
}
