/// A link layer whose packets are read. Numbers: the registry of link-layer types (tcpdump.org/linktypes.html).
enum LinkType: UInt8 {
    case ethernet, linuxCooked, linuxCooked2
    /// A 4-byte address family, in the byte order of the machine that captured it.
    case null
    /// The same in network byte order (OpenBSD).
    case loop
    /// An IP header of either version at once.
    case raw, ipv4, ipv6
    /// Linux's netfilter log, and what Apple's kernel says of a packet in front of it.
    case nflog, pktap
    case unsupported

    init(number: UInt16) {
        switch number {
        case 1: self = .ethernet
        case 113: self = .linuxCooked
        case 276: self = .linuxCooked2
        case 0: self = .null
        case 108: self = .loop
        // 12 and 14 are what the systems' own headers call raw IP; files should say 101.
        case 101, 12, 14: self = .raw
        case 228: self = .ipv4
        case 229: self = .ipv6
        case 239: self = .nflog
        case 258: self = .pktap
        default: self = .unsupported
        }
    }

    /// How people are told: "ethernet"; "linktype-147" for one that is not read.
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
