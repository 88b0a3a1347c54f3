import Testing

@testable import PacketCapture

/// Numbers in either byte order.
struct ByteOrder: Sendable, CustomTestStringConvertible {
    var isBig: Bool
    static let little = ByteOrder(isBig: false)
    static let big = ByteOrder(isBig: true)
    var testDescription: String { isBig ? "big-endian" : "little-endian" }

    func bytes<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        let little = (0..<Number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> Number($0 * 8)) }
        return isBig ? little.reversed() : little
    }
}

/// Writes pcap files for tests, in every variant there is.
struct PcapBytes {
    var order = ByteOrder.little
    var isNanoseconds = false
    private(set) var bytes: [UInt8] = []
    /// Where each record begins.
    private(set) var offsets: [Int] = []

    init(
        _ order: ByteOrder = .little, isNanoseconds: Bool = false, link: UInt32 = 1, snapLength: UInt32 = 262_144,
        version: UInt16 = 2
    ) {
        self.order = order
        self.isNanoseconds = isNanoseconds
        bytes = order.bytes(isNanoseconds ? 0xA1B2_3C4D as UInt32 : 0xA1B2_C3D4)
        bytes += order.bytes(version) + order.bytes(4 as UInt16) + order.bytes(0 as UInt64)
        bytes += order.bytes(snapLength) + order.bytes(link)
    }

    /// - Parameters:
    ///   - time: nanoseconds since 1970
    ///   - captured: how much of the packet the file holds; all of it where nothing is said
    mutating func add(_ packet: [UInt8], at time: Int64 = 0, captured: Int? = nil) {
        let kept = packet.prefix(captured ?? packet.count)
        offsets.append(bytes.count)
        bytes += order.bytes(UInt32(time / 1_000_000_000))
        bytes += order.bytes(UInt32(time % 1_000_000_000 / (isNanoseconds ? 1 : 1000)))
        bytes += order.bytes(UInt32(kept.count)) + order.bytes(UInt32(packet.count)) + kept
    }
}

/// Writes pcapng files for tests, block by block.
struct PcapngBytes {
    private(set) var order: ByteOrder
    private(set) var bytes: [UInt8] = []
    private(set) var offsets: [Int] = []

    init(_ order: ByteOrder = .little) {
        self.order = order
        section(order)
    }

    mutating func section(_ order: ByteOrder) {
        self.order = order
        let version = order.bytes(1 as UInt16) + order.bytes(0 as UInt16)
        block(0x0A0D_0D0A, order.bytes(0x1A2B_3C4D as UInt32) + version + order.bytes(-1 as Int64))
    }

    mutating func block(_ type: UInt32, _ body: [UInt8], length: UInt32? = nil, trailer: UInt32? = nil) {
        offsets.append(bytes.count)
        let padded = body + [UInt8](repeating: 0, count: (4 - body.count % 4) % 4)
        let count = UInt32(12 + padded.count)
        bytes += order.bytes(type) + order.bytes(length ?? count) + padded + order.bytes(trailer ?? count)
    }

    func option(_ code: UInt16, _ value: [UInt8]) -> [UInt8] {
        order.bytes(code) + order.bytes(UInt16(value.count)) + value
            + [UInt8](repeating: 0, count: (4 - value.count % 4) % 4)
    }

    mutating func interface(
        link: UInt16 = 1, snapLength: UInt32 = 0, resolution: UInt8? = nil, offset: Int64? = nil
    ) {
        var options: [UInt8] = option(2, PacketBytes.text("lo"))
        if let resolution { options += option(9, [resolution]) }
        if let offset { options += option(14, order.bytes(offset)) }
        block(1, order.bytes(link) + [0, 0] + order.bytes(snapLength) + options + option(0, []))
    }

    mutating func packet(
        _ packet: [UInt8], interface: UInt32 = 0, ticks: UInt64 = 0, captured: Int? = nil, isObsolete: Bool = false
    ) {
        let kept = packet.prefix(captured ?? packet.count)
        let body = body(interface, ticks, kept.count, packet.count, isObsolete: isObsolete)
        let padding = [UInt8](repeating: 0, count: (4 - kept.count % 4) % 4)
        block(isObsolete ? 2 : 6, body + kept + padding + option(2, [0, 0, 0, 0]) + option(0, []))
    }

    private func body(_ interface: UInt32, _ ticks: UInt64, _ kept: Int, _ wire: Int, isObsolete: Bool) -> [UInt8] {
        let head = isObsolete ? order.bytes(UInt16(interface)) + [0xFF, 0xFF] : order.bytes(interface)
        return head + order.bytes(UInt32(truncatingIfNeeded: ticks >> 32))
            + order.bytes(UInt32(truncatingIfNeeded: ticks)) + order.bytes(UInt32(kept)) + order.bytes(UInt32(wire))
    }

    mutating func simplePacket(_ packet: [UInt8], wire: Int? = nil) {
        block(3, order.bytes(UInt32(wire ?? packet.count)) + packet)
    }

    mutating func statistics(interface: UInt32 = 0, interfaceDrops: UInt64? = nil, kernelDrops: UInt64? = nil) {
        var options: [UInt8] = []
        if let interfaceDrops { options += option(5, order.bytes(interfaceDrops)) }
        if let kernelDrops { options += option(7, order.bytes(kernelDrops)) }
        block(5, order.bytes(interface) + order.bytes(0 as UInt64) + options + option(0, []))
    }
}
