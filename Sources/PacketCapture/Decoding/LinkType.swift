/// A link layer whose packets can be read. The numbers are those of the registry at tcpdump.org/linktypes.html.
enum LinkType: UInt8 {
    case ethernet, linuxCooked, linuxCooked2
    /// A 4-byte address family, in the byte order of the machine that captured it.
    case null
    /// The same, in network byte order (OpenBSD).
    case loop
    /// The packet begins with an IP header, of either version for `raw`.
    case raw, ipv4, ipv6
    /// Linux's netfilter log, and Apple's PKTAP, whose metadata precedes the packet.
    case nflog, pktap
    case unsupported

    init(number: UInt16) {
        switch number {
        case 1: self = .ethernet
        case 113: self = .linuxCooked
        case 276: self = .linuxCooked2
        case 0: self = .null
        case 108: self = .loop
        // 12 and 14 are the operating systems' own numbers for raw IP. Files should use 101.
        case 101, 12, 14: self = .raw
        case 228: self = .ipv4
        case 229: self = .ipv6
        case 239: self = .nflog
        case 258: self = .pktap
        default: self = .unsupported
        }
    }

    /// The name for reports: "ethernet"; "linktype-147" for a link type that is not read.
    static func name(_ number: UInt16) -> String {
        switch LinkType(number: number) {
        case .ethernet: "ethernet"
        case .linuxCooked: "linux-sll"
        case .linuxCooked2: "linux-sll2"
        case .null: "null"
        case .loop: "loop"
        case .raw: "raw"
        case .ipv4: "ipv4"
        case .ipv6: "ipv6"
        case .nflog: "nflog"
        case .pktap: "pktap"
        case .unsupported: "linktype-\(number)"
        }
    }
}
