/// Encodes packets as the blocks of a pcapng file. It opens nothing and appends to the caller's buffer.
///
/// Every block consists of type, total length, body padded to four bytes, and total length again; all little-endian
/// (draft-ietf-opsawg-pcapng, sections 3 and 4). A file has one section with one interface: section header, interface
/// description, enhanced packets, interface statistics.
struct PcapngEncoder {
    static let packetOverheadCount = 32
    /// The most bytes that ``appendStatistics(_:to:)`` appends.
    static let statisticsCount = 24 + 7 * 12 + 4

    let description: CaptureDescription

    /// The section header (byte-order magic, version 1.0, length not stated) and the interface description.
    func appendHeader(to buffer: inout [UInt8]) {
        appendBlock(type: 0x0A0D_0D0A, to: &buffer) { buffer in
            buffer.appendNumber(0x1A2B_3C4D as UInt32)
            buffer.appendNumber(1 as UInt16)
            buffer.appendNumber(0 as UInt16)
            buffer.appendNumber(UInt64.max)
            appendOption(1, text: description.comment, to: &buffer)
            appendOption(2, text: description.hardware, to: &buffer)
            appendOption(3, text: description.operatingSystem, to: &buffer)
            appendOption(4, text: description.application, to: &buffer)
            buffer.appendNumber(0 as UInt32)
        }
        appendBlock(type: 1, to: &buffer) { buffer in
            buffer.appendNumber(description.linkType)
            buffer.appendNumber(0 as UInt16)
            buffer.appendNumber(description.snapLength)
            appendOption(2, text: description.interface, to: &buffer)
            appendOption(3, text: description.interfaceDescription, to: &buffer)
            // if_tsresol: a timestamp counts in units of 10^-n seconds.
            appendOption(9, [description.hasNanoseconds ? 9 : 6], to: &buffer)
            // if_filter: the 0 means that an expression in libpcap's language follows.
            if !description.filter.isEmpty { appendOption(11, [0] + Array(description.filter.utf8), to: &buffer) }
            appendOption(12, text: description.operatingSystem, to: &buffer)
            buffer.appendNumber(0 as UInt32)
        }
    }

    /// An enhanced packet block of interface 0, without options.
    ///
    /// - Parameters:
    ///   - timestamp: nanoseconds since 1970; an earlier time becomes 1970
    ///   - originalCount: the packet's length on the wire
    func appendPacket(timestamp: Int64, originalCount: UInt32, bytes: Span<UInt8>, to buffer: inout [UInt8]) {
        let padding = -bytes.count & 3
        let total = UInt32(Self.packetOverheadCount + bytes.count + padding)
        buffer.appendNumber(6 as UInt32)
        buffer.appendNumber(total)
        buffer.appendNumber(0 as UInt32)
        appendTime(timestamp, to: &buffer)
        buffer.appendNumber(UInt32(bytes.count))
        buffer.appendNumber(originalCount)
        buffer.append(bytesOf: bytes)
        for _ in 0..<padding { buffer.append(0) }
        buffer.appendNumber(total)
    }

    /// An interface statistics block. Values that the system did not report are left out.
    ///
    /// `isb_ifrecv` has the value of `isb_filteraccept`, as in dumpcap's files, because Linux counts only after the filter.
    func appendStatistics(_ statistics: InterfaceStatistics, to buffer: inout [UInt8]) {
        appendBlock(type: 5, to: &buffer) { buffer in
            buffer.appendNumber(0 as UInt32)
            appendTime(statistics.end, to: &buffer)
            for (code, time) in [(2 as UInt16, statistics.start), (3, statistics.end)] {
                buffer.appendNumber(code)
                buffer.appendNumber(8 as UInt16)
                appendTime(time, to: &buffer)
            }
            let drops = statistics.drops
            let counts: [(UInt16, UInt64?)] = [
                (4, drops.accepted), (5, drops.interfaceDrops), (6, drops.accepted), (7, drops.kernelDrops),
                (8, statistics.delivered),
            ]
            for case (let code, let count?) in counts {
                buffer.appendNumber(code)
                buffer.appendNumber(8 as UInt16)
                buffer.appendNumber(count)
            }
            buffer.appendNumber(0 as UInt32)
        }
    }

    /// The length of the block at `offset` of `buffer`.
    static func recordCount(at offset: Int, in buffer: [UInt8]) -> Int? {
        buffer.number32(at: offset + 4).map { Int($0) }
    }

    /// Appends the two halves of a timestamp in the interface's unit, the high half first.
    private func appendTime(_ nanoseconds: Int64, to buffer: inout [UInt8]) {
        let time = UInt64(max(nanoseconds, 0)) / (description.hasNanoseconds ? 1 : 1000)
        buffer.appendNumber(UInt32(truncatingIfNeeded: time >> 32))
        buffer.appendNumber(UInt32(truncatingIfNeeded: time))
    }

    private func appendOption(_ code: UInt16, text: String, to buffer: inout [UInt8]) {
        if !text.isEmpty { appendOption(code, Array(text.utf8), to: &buffer) }
    }

    /// Appends an option: code, length without padding, value, padding. A value too long for the length field is cut.
    private func appendOption(_ code: UInt16, _ value: [UInt8], to buffer: inout [UInt8]) {
        let kept = value.prefix(Int(UInt16.max))
        buffer.appendNumber(code)
        buffer.appendNumber(UInt16(kept.count))
        buffer.append(contentsOf: kept)
        for _ in 0..<(-kept.count & 3) { buffer.append(0) }
    }

    /// Appends a block with the body that `body` appends. The body's length must be a multiple of four.
    private func appendBlock(type: UInt32, to buffer: inout [UInt8], body: (inout [UInt8]) -> Void) {
        var content: [UInt8] = []
        body(&content)
        precondition(content.count & 3 == 0, "a block's body is padded to four bytes")
        let total = UInt32(content.count + 12)
        buffer.appendNumber(type)
        buffer.appendNumber(total)
        buffer.append(contentsOf: content)
        buffer.appendNumber(total)
    }
}
