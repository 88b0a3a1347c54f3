/// Reads pcap records.
///
/// Layout (draft-ietf-opsawg-pcap): a 24-byte header (magic 4, version 2 + 2, reserved 8, snap length 4, link type 4),
/// then records of 16 bytes (seconds 4, fraction 4, captured length 4, length on the wire 4) and the captured bytes.
struct PcapParser {
    static let headerCount = 24
    static let recordHeaderCount = 16
    /// The largest snap length that libpcap accepts.
    static let largestSnapLength = 262_144

    private let isSwapped: Bool
    private let fraction: Int64
    private let link: LinkType
    let linkNumber: UInt16
    private let limit: Int

    /// Reads the file header and moves past it.
    init(isSwapped: Bool, isNanoseconds: Bool, _ window: inout InputWindow) throws(CaptureError) {
        guard try window.hold(Self.headerCount, packet: nil) else {
            throw window.unusable(
                packet: nil,
                "the pcap header needs \(Self.headerCount) bytes, the file has \(window.heldCount)")
        }
        let major = window.number16(at: 4, swapped: isSwapped)
        let minor = window.number16(at: 6, swapped: isSwapped)
        guard major == 2 else {
            throw window.unusable(packet: nil, offset: 4, "pcap version \(major).\(minor), where 2.4 is readable")
        }
        self.isSwapped = isSwapped
        fraction = isNanoseconds ? 1 : 1000
        // The upper 16 bits hold the length of a frame check sequence and its flag. The IP length excludes that trailer anyway.
        linkNumber = UInt16(truncatingIfNeeded: window.number32(at: 20, swapped: isSwapped))
        link = LinkType(number: linkNumber)
        // Some writers store records longer than the declared snap length, and some declare 0 or nonsense.
        let snapLength = Int(window.number32(at: 16, swapped: isSwapped))
        limit = Self.largestSnapLength + min(snapLength, Self.largestSnapLength)
        window.advance(Self.headerCount)
    }

    /// Reads the next record. Returns false at the end of the file.
    @inline(__always)
    func next(
        _ window: inout InputWindow, packet: UInt64, into record: inout PacketRecord
    ) throws(CaptureError) -> Bool {
        guard try window.hold(Self.recordHeaderCount, packet: packet) else {
            if window.heldCount == 0 { return false }
            throw Self.cut(window, packet, "record header", needed: Self.recordHeaderCount)
        }
        let count = Int(window.number32(at: 8, swapped: isSwapped))
        if count > limit || count == 0 {
            // The header of another file would read as a record without bytes, or as nonsense.
            if let joined = window.joinedCapture(packet: packet, to: "pcap") { throw joined }
            guard count <= limit else { throw tooLong(window, packet, count) }
        }
        guard try window.hold(Self.recordHeaderCount &+ count, packet: packet) else {
            throw Self.cut(window, packet, "record", needed: Self.recordHeaderCount &+ count)
        }
        let seconds = Int64(window.number32(at: 0, swapped: isSwapped))
        let part = Int64(window.number32(at: 4, swapped: isSwapped))
        // Both are below 2^32, so the sum is at most 4.3e18 + 4.3e12 and fits Int64.
        record.timestamp = seconds &* 1_000_000_000 &+ part &* fraction
        record.hasTimestamp = true
        record.lower = window.lower &+ Self.recordHeaderCount
        record.count = count
        record.wireCount = max(count, Int(window.number32(at: 12, swapped: isSwapped)))
        record.link = link
        window.advance(Self.recordHeaderCount &+ count)
        return true
    }

    @inline(never)
    private static func cut(
        _ window: borrowing InputWindow, _ packet: UInt64, _ what: String, needed: Int
    ) -> CaptureError {
        window.unusable(
            packet: packet,
            "the file ends inside a packet: its \(what) needs \(needed) bytes, \(window.heldCount) are left")
    }

    @inline(never)
    private func tooLong(_ window: borrowing InputWindow, _ packet: UInt64, _ count: Int) -> CaptureError {
        window.unusable(
            packet: packet, offset: 8,
            "a record of \(count) bytes, where \(limit) is the most: the file is broken here, or is no pcap")
    }
}
