import StatsModel

/// The smoothed round trip to the receiver, and the timeout that follows from it (RFC 6298, section 2).
struct RoundTripTime: Sendable {
    private(set) var smoothed: Nanoseconds?
    private var variation = Nanoseconds.zero

    /// Records one round trip: the time from a packet that was sent once to its acknowledgement, without the time for which the
    /// receiver held it back.
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

    /// The timeout for an acknowledgement, at most the longest time that `Nanoseconds` can express. nil before the first
    /// acknowledgement.
    var timeout: Nanoseconds? {
        guard let smoothed else { return nil }
        let (spread, isTooLong) = variation.rawValue.multipliedReportingOverflow(by: 4)
        let (sum, isPastEnd) = smoothed.rawValue.addingReportingOverflow(spread)
        return Nanoseconds(isTooLong || isPastEnd ? .max : sum)
    }
}
