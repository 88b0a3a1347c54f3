import StatsModel

/// When a ``CircuitBreaker`` opens, how long it stays open, and when it closes again.
public struct BreakerConfiguration: Sendable, Equatable {
    /// This many failures among the last ``failureWindow`` outcomes open a closed breaker.
    public var failureThreshold = 5
    /// The number of outcomes that are examined. If it equals the threshold, failures must come in a row. At a closed UDP
    /// port, only every second send fails, because the refusal of one send is reported as the error of the next. Twice
    /// the threshold detects this.
    public var failureWindow = 10
    /// The number of successful probes that close the breaker again.
    public var successThreshold = 2
    /// The largest number of attempts in one half-open period.
    public var probeLimit = 3
    /// The longest half-open period, counted from its first probe. If it is not decided by then, it counts as failed.
    public var probeTimeout = Duration.seconds(5)
    /// How long the breaker stays open the first time.
    public var openFor = Duration.seconds(1)
    /// The factor by which the open period grows each time the breaker opens again without having closed in between. 1 means no
    /// growth.
    public var growth = 2
    /// The longest open period.
    public var maximumOpenFor = Duration.seconds(30)

    /// The number of bits in one word.
    static let longestWindow = 64

    /// The default configuration.
    public init() {}

    /// Throws an error for the first field that is outside its range.
    public func validate() throws(ConfigurationError) {
        try Self.check("failureThreshold", failureThreshold, in: 1...Self.longestWindow)
        try Self.check("failureWindow", failureWindow, in: failureThreshold...Self.longestWindow)
        try Self.check("probeLimit", probeLimit, in: 1...1_000_000)
        // With more successes required than probes allowed, the breaker would never close again.
        try Self.check("successThreshold", successThreshold, in: 1...probeLimit)
        try Self.check("probeTimeout", probeTimeout, in: .milliseconds(1) ... .seconds(3600))
        try Self.check("openFor", openFor, in: .milliseconds(1) ... .seconds(86_400))
        try Self.check("growth", growth, in: 1...1000)
        try Self.check("maximumOpenFor", maximumOpenFor, in: openFor ... .seconds(86_400))
    }

    private static func check<Value: Comparable>(
        _ field: String, _ value: Value, in range: ClosedRange<Value>
    ) throws(ConfigurationError) {
        guard range.contains(value) else {
            throw ConfigurationError(field: field, value: value, outside: range)
        }
    }
}
