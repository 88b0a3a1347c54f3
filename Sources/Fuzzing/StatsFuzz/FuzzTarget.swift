/// One parser under fuzzing: what libFuzzer's bytes mean to it, and what must hold whatever they are.
///
/// Beyond what is checked, every target must not trap, hang, or allocate without bound: libFuzzer and the address
/// sanitizer watch that.
enum FuzzTarget: String, CaseIterable {
    /// The bytes are a capture file, pcap or pcapng.
    case capture
    /// The bytes are packets of one link type, wrapped into a sound capture file.
    case frame
    /// The bytes are one datagram of StatsD or DogStatsD text.
    case text
    /// The bytes are one sequenced packet, as they stand and once more with a sound header and checksum.
    case packet
    /// The bytes are a program of packets for the parity decoder: data, parities true and false, anything behind a sound header.
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

    /// Small inputs that reach far into the parser, so that a run of seconds is worth something.
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
