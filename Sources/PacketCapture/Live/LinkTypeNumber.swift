/// Translates libpcap's link type numbers (DLT_…) to those in files (LINKTYPE_…). A few differ.
enum LinkTypeNumber {
    static let ethernet: Int32 = 1
    static let cookedV2: Int32 = 276

    /// The file's number for libpcap's (`dlt_to_linktype` in pcap-common.c, which is not public).
    static func file(_ number: Int32) -> UInt16 {
        switch number {
        case 11: 100  // ATM, RFC 1483
        case 12, 14: 101  // raw IP
        case 15: 102  // SLIP of BSD/OS
        case 16: 103  // PPP of BSD/OS
        default: UInt16(truncatingIfNeeded: number)
        }
    }
}
