/// One parser under fuzzing: how it interprets libFuzzer's bytes, and which properties hold for all of them.
///
/// In addition, no target may trap, hang, or allocate without bound. libFuzzer and the address sanitizer check that.
enum FuzzTarget: String, CaseIterable {
    /// The bytes are a capture file, pcap or pcapng.
    case capture
    /// The bytes are packets of one link type, wrapped into a valid capture file.
    case frame
    /// The bytes are one datagram of StatsD or DogStatsD text.
    case text
    /// The bytes are one sequenced packet. It is checked as it is, and once more with a valid header and checksum.
    case packet
    /// The bytes are a program of packets for the parity decoder: data, correct and wrong parity, and any bytes after a valid
    /// header.
    case parity

    func check(_ bytes: [UInt8]) {
        switch self {
        case .capture: CaptureProperties.check(bytes)
        case .frame: FrameProperties.check(bytes)
        case .text: TextProperties.check(bytes)
        case .packet: PacketProperties.check(bytes)
        case .parity: ParityProperties.check(bytes)
        }
    }

    /// Small inputs that reach deep into the parser, so that even a run of seconds is useful.
    func seeds(captures: [String]) -> [[UInt8]] {
        switch self {
        case .capture: CaptureProperties.seeds(captures: captures)
        case .frame: FrameProperties.seeds()
        case .text: TextProperties.seeds(captures: captures)
        case .packet: PacketProperties.seeds()
        case .parity: ParityProperties.seeds()
        }
    }
}
