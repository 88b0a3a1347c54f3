/// Second copies of data packets: what redundancy cost.
public struct CopyCounts: Sendable, Equatable {
    public var sent: UInt64 = 0
    public var byteCount: UInt64 = 0
    /// Not made because too many waited, or given up when the client closed with its breaker open. The packets
    /// themselves went out.
    public var skipped: UInt64 = 0

    public init() {}
}
