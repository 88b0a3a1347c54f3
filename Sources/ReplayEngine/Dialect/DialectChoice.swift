package import StatsWire

/// How lines of text are read that the Datadog agent and Etsy's statsd take differently (`Sources/FORMATS.md`).
package enum DialectChoice: String, CaseIterable, Sendable {
    /// Each sender by what it sends: one line that only Datadog's clients send, anywhere in the capture, makes it Datadog's.
    case auto
    case datadog
    case statsd

    /// The dialect of every sender; nil where each is decided by itself.
    package var fixed: TextDialect? {
        switch self {
        case .auto: nil
        case .datadog: .dogstatsd
        case .statsd: .statsd
        }
    }

    /// The choice that gives this dialect.
    package init(_ dialect: TextDialect) {
        switch dialect {
        case .statsd: self = .statsd
        case .dogstatsd: self = .datadog
        }
    }
}
