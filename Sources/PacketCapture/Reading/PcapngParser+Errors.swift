/// The errors of a block, with the sizes involved. They are out of line, away from the path that reads packets.
extension PcapngParser {
    @inline(never)
    static func cut(_ window: borrowing InputWindow, _ packet: UInt64, needed: Int) -> CaptureError {
        window.unusable(
            packet: packet, "the file ends inside a block: it needs \(needed) bytes, \(window.heldCount) are left")
    }

    @inline(never)
    static func badLength(_ window: borrowing InputWindow, _ packet: UInt64, _ count: Int) -> CaptureError {
        window.unusable(
            packet: packet, offset: 4,
            "a block of \(count) bytes, where a multiple of 4 from 12 to \(longestBlock) is due: it is broken here")
    }

    /// The error for a pcap header in place of a block; nil where there is none.
    static func joined(_ window: borrowing InputWindow, _ packet: UInt64) -> CaptureError? {
        window.joinedCapture(packet: packet, to: "pcapng")
    }

    @inline(never)
    func badTrailer(_ window: borrowing InputWindow, _ packet: UInt64, _ count: Int) -> CaptureError {
        window.unusable(
            packet: packet, offset: count - 4,
            "a block's length does not stand at its end again (\(count) bytes): the file is broken here")
    }

    static func require(
        _ window: borrowing InputWindow, _ packet: UInt64, _ count: Int, atLeast needed: Int, _ what: String
    ) throws(CaptureError) {
        if count < needed { throw tooShort(window, packet, count, needed, what) }
    }

    @inline(never)
    static func tooShort(
        _ window: borrowing InputWindow, _ packet: UInt64, _ count: Int, _ needed: Int, _ what: String
    ) -> CaptureError {
        window.unusable(
            packet: packet, offset: 4, "a \(what) block of \(count) bytes, where \(needed) is the least")
    }

    @inline(never)
    static func overrun(
        _ window: borrowing InputWindow, _ packet: UInt64, _ captured: Int, _ available: Int
    ) -> CaptureError {
        window.unusable(
            packet: packet, offset: 20, "a packet of \(captured) captured bytes in a block with room for \(available)")
    }

    @inline(never)
    func unknownInterface(_ window: borrowing InputWindow, _ packet: UInt64, _ index: Int) -> CaptureError {
        window.unusable(
            packet: packet, offset: 8, "a block of interface \(index), where \(interfaceCount) were declared")
    }
}
