public import StatsModel

/// When a ``CircuitBreaker`` opens, for how long, and what convinces it to close.
public struct BreakerConfiguration: Sendable, Equatable {
    /// So many failures among the last ``failureWindow`` outcomes open a closed breaker.
    public var failureThreshold = 5
    /// How many outcomes are looked back at. As long as the threshold, failures must come in a row. A UDP port where nobody
    /// listens fails only every second send, for the refusal of one is the error of the next: twice the threshold
    /// sees that.
    public var failureWindow = 10
    /// Successful probes that close it again.
    public var successThreshold = 2
    /// Attempts admitted in one half-open period, at most.
    public var probeLimit = 3
    /// A half-open period whose probes have not decided it this long after the first one counts as failed.
    public var probeTimeout = Nanoseconds.seconds(5)
    /// How long it stays open the first time.
    public var openFor = Nanoseconds.seconds(1)
    /// Each time it opens again without having closed in between, it stays open this many times as long; 1: no growth.
    public var growth = 2
    /// However often that was, never longer than this.
    public var maximumOpenFor = Nanoseconds.seconds(30)

    /// As many outcomes as one word has bits.
    static let longestWindow = 64

    public init() {}

    /// Throws the first field that is outside its range.
    public func validate() throws(ConfigurationError) {
        try Self.check("failureThreshold", failureThreshold, in: 1...Self.longestWindow)
        try Self.check("failureWindow", failureWindow, in: failureThreshold...Self.longestWindow)
        try Self.check("probeLimit", probeLimit, in: 1...1_000_000)
        // More successes than probes could never be had: the breaker would not close again.
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
            throw ConfigurationError(
                field: field, value: "\(value)", allowed: "\(range.lowerBound) to \(range.upperBound)")
        }
    }
}
