/// The two capture file formats this room writes.
package enum CaptureFormat: Sendable, Equatable {
    /// The classic format (draft-ietf-opsawg-pcap): a header and packets, without room for filter or drops.
    case pcap
    /// The block format (draft-ietf-opsawg-pcapng).
    case pcapng

    /// Chooses by the path's suffix: `.pcap` and `.cap` are classic, anything else is pcapng.
    package init(path: String) {
        let name = path.lowercased()
        self = name.hasSuffix(".pcap") || name.hasSuffix(".cap") ? .pcap : .pcapng
    }
}
