/// The content of an interface description block, and the drop counts of its later statistics blocks.
struct PcapngInterface {
    var link: LinkType
    /// The longest capture of a packet; 0 is no limit.
    var snapLength: Int
    var scale = TimestampScale.standard
    /// `isb_ifdrop`, `isb_osdrop`. They count from the start of the capture, so the last block replaces earlier ones.
    var interfaceDrops: UInt64?
    var kernelDrops: UInt64?
}

/// Drop counts over all interfaces; nil where no block held any.
struct DropTotals {
    var interface: UInt64?
    var kernel: UInt64?

    mutating func add(_ other: PcapngInterface) {
        interface = Self.sum(interface, other.interfaceDrops)
        kernel = Self.sum(kernel, other.kernelDrops)
    }

    private static func sum(_ a: UInt64?, _ b: UInt64?) -> UInt64? {
        guard let a, let b else { return a ?? b }
        let (sum, overflow) = a.addingReportingOverflow(b)
        return overflow ? .max : sum
    }
}
