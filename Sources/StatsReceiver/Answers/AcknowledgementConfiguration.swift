package import StatsModel

/// The timing of a receiver's acknowledgements. The receiver answers packets that request an acknowledgement, and lists the gaps
/// to be retransmitted.
package struct AcknowledgementConfiguration: Sendable, Equatable {
    /// The delay of an acknowledgement that is not urgent, so that it can cover more packets.
    package var delay = Nanoseconds.milliseconds(10)
    /// The number of later packets after which a hole is requested at once. Before that, its packet may only have been overtaken.
    package var reorderTolerance = 8
    /// The number of data packets between acknowledgements while a hole is pending.
    package var packetInterval = 32
    /// The time between acknowledgements while a hole is pending. It doubles after each one as long as there are no new holes.
    package var repeatInterval = Nanoseconds.milliseconds(20)
    package var longestRepeatInterval = Nanoseconds.milliseconds(500)

    package init() {}

    /// Traps if a bound makes no sense.
    func check() {
        precondition(delay.rawValue >= 0, "a delay is not negative")
        precondition(reorderTolerance >= 1 && packetInterval >= 1, "one packet at least lies between answers")
        precondition(
            repeatInterval.rawValue >= 1 && longestRepeatInterval >= repeatInterval, "answers are some time apart")
    }
}
