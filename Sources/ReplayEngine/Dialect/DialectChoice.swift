package import StatsWire

/// The dialect of lines that the Datadog agent and Etsy's statsd read differently (`Sources/FORMATS.md`).
package enum DialectChoice: String, CaseIterable, Sendable {
    /// Each sender's own dialect. One line that only Datadog's clients send, anywhere in the capture, makes it Datadog's.
    case auto
    case datadog
    case statsd

    /// The dialect of all senders. nil if each sender's dialect is recognised.
    package var fixed: TextDialect? {
        switch self {
        case .auto: nil
        case .datadog: .dogstatsd
        case .statsd: .statsd
        }
    }

    /// The choice that fixes this dialect.
    package init(_ dialect: TextDialect) {
        switch dialect {
        case .statsd: self = .statsd
        case .dogstatsd: self = .datadog
        }
    }
}
