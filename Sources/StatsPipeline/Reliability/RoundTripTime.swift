import StatsModel

/// How long the receiver takes to answer, smoothed, and how long to wait for it (RFC 6298, section 2).
struct RoundTripTime: Sendable {
    private(set) var smoothed: Nanoseconds?
    private var variation = Nanoseconds.zero

    /// A packet that was sent once was answered after `sample`.
    mutating func record(_ sample: Nanoseconds) {
        let sample = max(sample, .zero)
        guard let smoothed else {
            self.smoothed = sample
            variation = Nanoseconds(sample.rawValue / 2)
            return
        }
        let difference = abs(smoothed.rawValue - sample.rawValue)
        variation = Nanoseconds(variation.rawValue - variation.rawValue / 4 + difference / 4)
        self.smoothed = Nanoseconds(smoothed.rawValue - smoothed.rawValue / 8 + sample.rawValue / 8)
    }

    /// How long to wait for an answer, the longest time there is at most; nil before the first one.
    var timeout: Nanoseconds? {
        guard let smoothed else { return nil }
        let (spread, isTooLong) = variation.rawValue.multipliedReportingOverflow(by: 4)
        let (sum, isPastEnd) = smoothed.rawValue.addingReportingOverflow(spread)
        return Nanoseconds(isTooLong || isPastEnd ? .max : sum)
    }
}
