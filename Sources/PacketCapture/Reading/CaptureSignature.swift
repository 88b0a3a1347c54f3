/// The kind of a file, recognised by its first bytes.
enum CaptureSignature: Equatable {
    case pcap(isSwapped: Bool, isNanoseconds: Bool)
    case pcapng
    /// Another known kind of file, and what the user can do with it.
    case invalid(String)
    /// Compressed: the format, and the command that unpacks it to standard output, whatever the file's name ends in.
    case compressed(String, unpack: String)
    case unknown

    /// Source: the pcap and pcapng drafts (draft-ietf-opsawg-pcap, -pcapng); the magic numbers of the others.
    init(_ bytes: Span<UInt8>) {
        self = .unknown
        guard bytes.count >= 4 else { return }
        let raw = unsafe bytes.bytes
        let magic = raw.native32(at: 0)
        for isSwapped in [false, true] {
            switch isSwapped ? magic.byteSwapped : magic {
            case 0xA1B2_C3D4: self = .pcap(isSwapped: isSwapped, isNanoseconds: false)
            case 0xA1B2_3C4D: self = .pcap(isSwapped: isSwapped, isNanoseconds: true)
            case 0xA1B2_CD34:
                self = .invalid("a modified pcap (Kuznetzov's patch): convert it with editcap -F pcap first")
            default: continue
            }
            return
        }
        for (prefix, name, unpack) in Self.compressions where Self.begins(bytes, prefix) {
            self = .compressed(name, unpack: unpack)
            return
        }
        for (prefix, advice) in Self.known where Self.begins(bytes, prefix) {
            self = prefix == Self.sectionHeader ? .pcapng : .invalid(advice)
            return
        }
    }

    /// The block type of pcapng's section header. It reads the same in both byte orders.
    private static let sectionHeader: [UInt8] = [0x0A, 0x0D, 0x0D, 0x0A]

    private static let compressions: [(prefix: [UInt8], name: String, unpack: String)] = [
        ([0x1F, 0x8B], "gzip", "zcat"),
        ([0x28, 0xB5, 0x2F, 0xFD], "zstd", "zstdcat"),
        ([0xFD, 0x37, 0x7A, 0x58], "xz", "xzcat"),
        ([0x42, 0x5A, 0x68], "bzip2", "bzcat"),
        ([0x04, 0x22, 0x4D, 0x18], "lz4", "lz4cat"),
        ([0x02, 0x21, 0x4C, 0x18], "lz4", "lz4cat"),
        ([0x1F, 0x9D], "compress", "zcat"),
    ]

    private static let known: [(prefix: [UInt8], advice: String)] = [
        (sectionHeader, ""),
        ([0x50, 0x4B, 0x03, 0x04], "a zip archive: unzip it first"),
        (
            [0xD4, 0x74, 0xD0, 0x60],
            "a Datadog agent's .dog capture, not a packet capture: record the traffic with statsreplay capture instead"
        ),
        ([0x73, 0x6E, 0x6F, 0x6F, 0x70, 0x00], "a snoop capture: convert it with editcap -F pcapng first"),
    ]

    /// "pcap" or "pcapng" if `bytes` begin with a capture's header, in either byte order. Used to find a capture inside another
    /// capture. 16 bytes decide (the magic number and version of pcap, or both magic numbers of pcapng).
    static func header(in bytes: Span<UInt8>) -> String? {
        guard bytes.count >= 16 else { return nil }
        let raw = unsafe bytes.bytes
        switch CaptureSignature(bytes) {
        case .pcap(let isSwapped, _):
            let major = isSwapped ? raw.native16(at: 4).byteSwapped : raw.native16(at: 4)
            return major == 2 ? "pcap" : nil
        case .pcapng:
            let order = raw.native32(at: 8)
            return order == 0x1A2B_3C4D || order.byteSwapped == 0x1A2B_3C4D ? "pcapng" : nil
        case .invalid, .compressed, .unknown: return nil
        }
    }

    private static func begins(_ bytes: Span<UInt8>, _ prefix: [UInt8]) -> Bool {
        guard bytes.count >= prefix.count else { return false }
        for index in prefix.indices where bytes[index] != prefix[index] { return false }
        return true
    }
}
