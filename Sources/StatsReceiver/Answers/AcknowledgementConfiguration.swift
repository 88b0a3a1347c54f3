package import StatsModel

/// How a receiver answers its senders: it acknowledges what they ask it to, and names the gaps it wants filled.
package struct AcknowledgementConfiguration: Sendable, Equatable {
    /// An answer that nothing hurries waits this long for more to say.
    package var delay = Nanoseconds.milliseconds(10)
    /// A hole is asked for at once when so many later packets have come: before, it may be one that was overtaken.
    package var reorderTolerance = 8
    /// While a hole is pending an answer goes out with every so many data packets,
    package var packetInterval = 32
    /// and whenever so much time has passed since the last one; doubled each time while nothing new is missing.
    package var repeatInterval = Nanoseconds.milliseconds(20)
    package var longestRepeatInterval = Nanoseconds.milliseconds(500)

    package init() {}

    /// Traps where a bound makes no sense.
    func check() {
        precondition(delay.rawValue >= 0, "a delay is not negative")
        precondition(reorderTolerance >= 1 && packetInterval >= 1, "one packet at least lies between answers")
        precondition(
            repeatInterval.rawValue >= 1 && longestRepeatInterval >= repeatInterval, "answers are some time apart")
    }
}
