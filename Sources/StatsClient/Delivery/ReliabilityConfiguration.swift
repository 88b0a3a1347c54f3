public import StatsModel

/// What a client does so that packets lost on the way arrive after all, where its receiver answers. Both parts can be
/// switched off by themselves; text formats, whose servers do not answer, have neither.
///
/// - **Acknowledgement**: packets with a critical event are kept until the receiver says that it has them; while it does
///   not, the oldest is sent again, after twice as long each time.
/// - **Repair on request**: the newest packets are kept for a while; the receiver names the gaps it sees, and what it names
///   is sent again.
///
/// Where a memory is full its oldest packet leaves it: the packet may still arrive, but no longer be sent again. The
/// books count such packets (`forgotten` and `unconfirmed` in ``RepairCounts``).
public struct ReliabilityConfiguration: Sendable, Equatable {
    /// Bytes for packets with a critical event until they are acknowledged; 0: none is kept.
    public var criticalCapacity = 1 << 18
    /// Bytes for the newest other packets, for when the receiver asks; 0: none is kept.
    public var historyCapacity = 1 << 17
    /// The receiver is given at least and at most this long to answer; in between the time is measured (RFC 6298).
    public var shortestTimeout = Nanoseconds.milliseconds(50)
    public var longestTimeout = Nanoseconds.seconds(1)
    /// A client that closes waits at most this long for what it may still be asked for, or what is not acknowledged.
    public var lingerLimit = Nanoseconds.seconds(30)

    public init() {}

    public func validate() throws(ConfigurationError) {
        try ClientConfiguration.check("criticalCapacity", criticalCapacity, in: 0...1 << 30)
        try ClientConfiguration.check("historyCapacity", historyCapacity, in: 0...1 << 30)
        try ClientConfiguration.check("shortestTimeout", shortestTimeout, in: .milliseconds(1) ... .seconds(60))
        try ClientConfiguration.check("longestTimeout", longestTimeout, in: shortestTimeout ... .seconds(3600))
        try ClientConfiguration.check("lingerLimit", lingerLimit, in: .zero ... .seconds(3600))
    }

    /// Bytes that both memories take.
    public var memoryUse: Int {
        SentHistory.memory(capacity: criticalCapacity) + SentHistory.memory(capacity: historyCapacity)
    }
}
