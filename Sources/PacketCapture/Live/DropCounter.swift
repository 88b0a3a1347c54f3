/// Adds up the kernel's counters, which are 32 bits wide. They wrap within four hours at 300 000 packets a second.
struct DropCounter {
    private(set) var accepted: UInt64 = 0
    private(set) var dropped: UInt64 = 0
    private var lastAccepted: UInt32 = 0
    private var lastDropped: UInt32 = 0

    /// Adds the current counters. Call it at least once in every 2³² packets.
    mutating func record(accepted now: UInt32, dropped nowDropped: UInt32) {
        accepted += UInt64(now &- lastAccepted)
        dropped += UInt64(nowDropped &- lastDropped)
        (lastAccepted, lastDropped) = (now, nowDropped)
    }
}
