/// Counts how often each datagram appears that could have been sent twice or captured twice: without identification, on a link
/// type that does not tell the interface.
struct RepeatTally: Equatable {
    private static let fewest: UInt64 = 10

    private var once: UInt64 = 0
    private var twice: UInt64 = 0
    private var thrice: UInt64 = 0
    private var more: UInt64 = 0

    /// Counts one more datagram, which appeared `times` times.
    mutating func add(_ times: UInt32) {
        switch times {
        case 1: once &+= 1
        case 2: twice &+= 1
        case 3: thrice &+= 1
        default: more &+= 1
        }
    }

    /// The number of appearances that nine of ten datagrams share, and how many datagrams these are. nil if that number is 1,
    /// if there is no such number, or if there are too few datagrams to tell. A client does not send each of its datagrams
    /// equally often by chance.
    var common: (times: Int, datagrams: UInt64)? {
        let total = once &+ twice &+ thrice &+ more
        if twice >= Self.fewest, twice >= total - total / 10 { return (2, twice) }
        if thrice >= Self.fewest, thrice >= total - total / 10 { return (3, thrice) }
        return nil
    }
}
