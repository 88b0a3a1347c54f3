/// What a file is, by its first bytes.
enum CaptureSignature: Equatable {
    case pcap(isSwapped: Bool, isNanoseconds: Bool)
    case pcapng
    /// Something else that is known by name, and what to do with it.
    case foreign(String)
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
                self = .foreign("a modified pcap (Kuznetzov's patch): convert it with editcap -F pcap first")
            default: continue
            }
            return
        }
        for (prefix, advice) in Self.known where Self.begins(bytes, prefix) {
            self = prefix == Self.sectionHeader ? .pcapng : .foreign(advice)
            return
        }
    }

    /// The block type of pcapng's section header, which reads the same in both byte orders.
    private static let sectionHeader: [UInt8] = [0x0A, 0x0D, 0x0D, 0x0A]

    private static let known: [(prefix: [UInt8], advice: String)] = [
        (sectionHeader, ""),
        ([0x1F, 0x8B], "compressed with gzip: gunzip it first"),
        ([0x28, 0xB5, 0x2F, 0xFD], "compressed with zstd: unzstd it first"),
        ([0xFD, 0x37, 0x7A, 0x58], "compressed with xz: unxz it first"),
        ([0x42, 0x5A, 0x68], "compressed with bzip2: bunzip2 it first"),
        ([0x04, 0x22, 0x4D, 0x18], "compressed with lz4: unlz4 it first"),
        ([0x50, 0x4B, 0x03, 0x04], "a zip archive: unzip it first"),
        (
            [0xD4, 0x74, 0xD0, 0x60],
            "a Datadog agent's .dog capture, not a packet capture: record the traffic with statsreplay capture instead"
        ),
        ([0x73, 0x6E, 0x6F, 0x6F, 0x70, 0x00], "a snoop capture: convert it with editcap -F pcapng first"),
    ]

    private static func begins(_ bytes: Span<UInt8>, _ prefix: [UInt8]) -> Bool {
        guard bytes.count >= prefix.count else { return false }
        for index in prefix.indices where bytes[index] != prefix[index] { return false }
        return true
    }
}
