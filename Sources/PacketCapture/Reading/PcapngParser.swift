/// Reads pcapng blocks (draft-ietf-opsawg-pcapng), in sections of either byte order.
///
/// A block: type 4, length 4 (of the whole block, a multiple of 4), body, the length again. A section begins with a header
/// block, which tells its byte order, and declares its interfaces. Packets refer to their interface by number.
struct PcapngParser {
    static let longestBlock = 16 << 20
    static let mostInterfaces = 65_536

    /// Block types. All others are skipped.
    enum Block {
        static let sectionHeader: UInt32 = 0x0A0D_0D0A
        static let interface: UInt32 = 1
        static let obsoletePacket: UInt32 = 2
        static let simplePacket: UInt32 = 3
        static let statistics: UInt32 = 5
        static let enhancedPacket: UInt32 = 6
    }

    private var isSwapped = false
    private var interfaces: [PcapngInterface] = []
    private(set) var links = LinkTypeList()
    private var earlierDrops = DropTotals()
    /// Interfaces of the sections before this one.
    private var earlierInterfaces: UInt32 = 0

    var interfaceCount: Int { interfaces.count }

    /// Drop counts of all sections so far. O(interfaces).
    var drops: DropTotals {
        var totals = earlierDrops
        for interface in interfaces { totals.add(interface) }
        return totals
    }

    /// Reads blocks up to the next packet. Returns false at the end of the file.
    @inline(__always)
    mutating func next(
        _ window: inout InputWindow, packet: UInt64, into record: inout PacketRecord
    ) throws(CaptureError) -> Bool {
        while true {
            guard try window.hold(12, packet: packet) else {
                if window.heldCount == 0 { return false }
                throw Self.cut(window, packet, needed: 12)
            }
            var type = window.number32(at: 0, swapped: isSwapped)
            // This block type reads the same in both byte orders, and its body tells the order of the following blocks.
            if type == Block.sectionHeader { try readByteOrder(window, packet) }
            let count = Int(window.number32(at: 4, swapped: isSwapped))
            guard count >= 12, count % 4 == 0, count <= Self.longestBlock else {
                throw Self.joined(window, packet) ?? Self.badLength(window, packet, count)
            }
            guard try window.hold(count, packet: packet) else {
                throw Self.joined(window, packet) ?? Self.cut(window, packet, needed: count)
            }
            guard window.number32(at: count &- 4, swapped: isSwapped) == UInt32(count) else {
                throw Self.joined(window, packet) ?? badTrailer(window, packet, count)
            }
            type = window.number32(at: 0, swapped: isSwapped)
            let isPacket: Bool
            if type == Block.enhancedPacket {
                let interface = window.number32(at: 8, swapped: isSwapped)
                try readPacket(window, packet, count, interface: Int(interface), into: &record)
                isPacket = true
            } else {
                isPacket = try readOther(window, packet, type, count, into: &record)
            }
            window.advance(count)
            if isPacket { return true }
        }
    }

    /// Handles the rare blocks. Returns whether the block was a packet.
    @inline(never)
    private mutating func readOther(
        _ window: borrowing InputWindow, _ packet: UInt64, _ type: UInt32, _ count: Int, into record: inout PacketRecord
    ) throws(CaptureError) -> Bool {
        switch type {
        case Block.sectionHeader: try readSection(window, packet, count)
        case Block.interface: try readInterface(window, packet, count)
        case Block.statistics: try readStatistics(window, packet, count)
        case Block.simplePacket:
            try readSimplePacket(window, packet, count, into: &record)
            return true
        case Block.obsoletePacket:
            let interface = window.number16(at: 8, swapped: isSwapped)
            try readPacket(window, packet, count, interface: Int(interface), into: &record)
            return true
        default: break
        }
        return false
    }

    private mutating func readByteOrder(_ window: borrowing InputWindow, _ packet: UInt64) throws(CaptureError) {
        switch window.number32(at: 8, swapped: false) {
        case 0x1A2B_3C4D: isSwapped = false
        case 0x4D3C_2B1A: isSwapped = true
        default: throw window.unusable(packet: packet, offset: 8, "a section header without its byte-order magic")
        }
    }

    private mutating func readSection(
        _ window: borrowing InputWindow, _ packet: UInt64, _ count: Int
    ) throws(CaptureError) {
        try Self.require(window, packet, count, atLeast: 28, "section header")
        let major = window.number16(at: 12, swapped: isSwapped)
        guard major == 1 else {
            let minor = window.number16(at: 14, swapped: isSwapped)
            throw window.unusable(
                packet: packet, offset: 12, "a section of pcapng version \(major).\(minor), where 1.0 is readable")
        }
        earlierDrops = drops
        earlierInterfaces &+= UInt32(truncatingIfNeeded: interfaces.count)
        interfaces.removeAll(keepingCapacity: true)
    }

    private mutating func readInterface(
        _ window: borrowing InputWindow, _ packet: UInt64, _ count: Int
    ) throws(CaptureError) {
        try Self.require(window, packet, count, atLeast: 20, "interface description")
        guard interfaces.count < Self.mostInterfaces else {
            throw window.unusable(packet: packet, "a section with more than \(Self.mostInterfaces) interfaces")
        }
        let number = window.number16(at: 8, swapped: isSwapped)
        var interface = PcapngInterface(
            link: LinkType(number: number), snapLength: Int(window.number32(at: 12, swapped: isSwapped)))
        var resolution: UInt8 = 6
        var offset: Int64 = 0
        var options = PcapngOptions(from: 16, to: count - 4, isSwapped: isSwapped)
        while let option = try options.next(window, packet) {
            if option.code == 9, option.count >= 1 { resolution = window.byte(at: option.offset) }
            if option.code == 14, option.count >= 8 {
                offset = Int64(bitPattern: window.number64(at: option.offset, swapped: isSwapped))
            }
        }
        interface.scale = TimestampScale(resolution: resolution, offsetSeconds: offset)
        interfaces.append(interface)
        links.insert(number)
    }

    private mutating func readStatistics(
        _ window: borrowing InputWindow, _ packet: UInt64, _ count: Int
    ) throws(CaptureError) {
        try Self.require(window, packet, count, atLeast: 24, "interface statistics")
        let index = try known(Int(window.number32(at: 8, swapped: isSwapped)), window, packet)
        var options = PcapngOptions(from: 20, to: count - 4, isSwapped: isSwapped)
        while let option = try options.next(window, packet) {
            guard option.count >= 8 else { continue }
            let value = window.number64(at: option.offset, swapped: isSwapped)
            if option.code == 5 { interfaces[index].interfaceDrops = value }
            if option.code == 7 { interfaces[index].kernelDrops = value }
        }
    }

    /// Reads an enhanced or an obsolete packet. Only the interface field differs: interface 4 (or interface 2, drops 2), time
    /// 8, captured length 4, length on the wire 4, bytes.
    @inline(__always)
    private func readPacket(
        _ window: borrowing InputWindow, _ packet: UInt64, _ count: Int, interface: Int, into record: inout PacketRecord
    ) throws(CaptureError) {
        guard count >= 32 else { throw Self.tooShort(window, packet, count, 32, "packet") }
        guard interface < interfaces.count else { throw unknownInterface(window, packet, interface) }
        let captured = Int(window.number32(at: 20, swapped: isSwapped))
        guard captured <= count &- 32 else { throw Self.overrun(window, packet, captured, count &- 32) }
        let high = UInt64(window.number32(at: 12, swapped: isSwapped))
        let low = UInt64(window.number32(at: 16, swapped: isSwapped))
        record.timestamp = interfaces[interface].scale.nanoseconds(high << 32 | low)
        record.hasTimestamp = true
        record.lower = window.lower &+ 28
        record.count = captured
        record.wireCount = max(captured, Int(window.number32(at: 24, swapped: isSwapped)))
        record.link = interfaces[interface].link
        record.interface = earlierInterfaces &+ UInt32(truncatingIfNeeded: interface)
    }

    /// Reads a simple packet: length on the wire 4, bytes. It belongs to interface 0 and has no time.
    private func readSimplePacket(
        _ window: borrowing InputWindow, _ packet: UInt64, _ count: Int, into record: inout PacketRecord
    ) throws(CaptureError) {
        try Self.require(window, packet, count, atLeast: 16, "simple packet")
        let index = try known(0, window, packet)
        let wire = Int(window.number32(at: 8, swapped: isSwapped))
        let snapLength = interfaces[index].snapLength
        record.hasTimestamp = false
        record.lower = window.lower + 12
        record.count = min(wire, count - 16, snapLength == 0 ? .max : snapLength)
        record.wireCount = wire
        record.link = interfaces[index].link
        record.interface = earlierInterfaces
    }

    private func known(_ index: Int, _ window: borrowing InputWindow, _ packet: UInt64) throws(CaptureError) -> Int {
        guard index < interfaces.count else { throw unknownInterface(window, packet, index) }
        return index
    }
}
