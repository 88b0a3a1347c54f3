/// Adds up the kernel's counters, which are 32 bits wide and wrap: at 300 000 packets a second within four hours.
struct DropCounter {
    private(set) var accepted: UInt64 = 0
    private(set) var dropped: UInt64 = 0
    private var lastAccepted: UInt32 = 0
    private var lastDropped: UInt32 = 0

    /// The counters as they stand now; they must be read at least once while they count to 2³².
    mutating func record(accepted now: UInt32, dropped nowDropped: UInt32) {
        accepted += UInt64(now &- lastAccepted)
        dropped += UInt64(nowDropped &- lastDropped)
        (lastAccepted, lastDropped) = (now, nowDropped)
    }
}
