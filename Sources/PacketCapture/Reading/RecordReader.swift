/// Reads the packets of a capture file, pcap or pcapng, one after another.
struct RecordReader: ~Copyable {
    private(set) var window: InputWindow
    /// nil for pcapng.
    private let pcap: PcapParser?
    private var pcapng = PcapngParser()
    /// The packet last read. Its bytes stay in ``window`` until the next one.
    private(set) var record = PacketRecord()
    /// Packets read so far, which is also the number of the packet last read.
    private(set) var packetNumber: UInt64 = 0

    /// Recognises the format by the first bytes, and reads the header of a pcap file.
    init(_ source: consuming InputWindow) throws(CaptureError) {
        var window = source
        let isWhole = try window.hold(4, packet: nil)
        guard isWhole || window.heldCount > 0 else { throw window.unusable(packet: nil, "the file is empty") }
        switch CaptureSignature(window.bytes.span.extracting(window.lower..<window.lower + window.heldCount)) {
        case .pcap(let isSwapped, let isNanoseconds):
            pcap = try PcapParser(isSwapped: isSwapped, isNanoseconds: isNanoseconds, &window)
        case .pcapng: pcap = nil
        case .compressed(let how, let unpack):
            let file = window.commandName
            throw window.unusable(
                packet: nil,
                "no packet capture but a file compressed with \(how): unpack it with \(unpack) \(file) > UNPACKED.pcap, or read it "
                    + "through a pipe, which inspect and run name -: \(unpack) \(file) | statsreplay inspect -")
        case .invalid(let what): throw window.unusable(packet: nil, "no packet capture but \(what)")
        case .unknown:
            throw window.unusable(
                packet: nil, "no packet capture: the file begins neither as pcap nor as pcapng does")
        }
        self.window = window
    }

    /// Reads the next packet into ``record``. Returns false at the end of the file.
    @inline(__always)
    mutating func advance() throws(CaptureError) -> Bool {
        let number = packetNumber &+ 1
        let found: Bool
        if let pcap {
            found = try pcap.next(&window, packet: number, into: &record)
        } else {
            found = try pcapng.next(&window, packet: number, into: &record)
        }
        if found { packetNumber = number }
        return found
    }

    /// Lends the bytes of the packet last read.
    @inline(__always)
    func withPacket<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
        body(window.bytes.span.extracting(record.lower..<record.lower &+ record.count))
    }

    /// Translates a range of the packet last read into positions in the window's bytes.
    func positions(_ range: Range<Int>) -> Range<Int> {
        record.lower + range.lowerBound..<record.lower + range.upperBound
    }

    /// Adds the file's metadata to the notes.
    func describe(in notes: inout CaptureNotes) {
        notes.packets = packetNumber
        var links = pcapng.links
        if let pcap { links.insert(pcap.linkNumber) }
        notes.format = pcap == nil ? "pcapng" : "pcap"
        notes.linkTypes = links.names
        notes.unsupportedLinkTypes = links.unsupportedNames
        notes.kernelDrops = pcapng.drops.kernel
        notes.interfaceDrops = pcapng.drops.interface
    }
}
