/// Second copies of data packets: the cost of redundancy.
public struct CopyCounts: Sendable, Equatable {
    /// Second copies that were sent.
    public var sent: UInt64 = 0
    /// Bytes of these copies.
    public var byteCount: UInt64 = 0
    /// Second copies that were not made because too many waited, or that were dropped when the client crashed, or closed with
    /// an open breaker. The first copies of these packets were sent.
    public var skipped: UInt64 = 0

    /// Counts that are all zero.
    public init() {}
}
