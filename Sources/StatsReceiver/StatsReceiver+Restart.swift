package import StatsModel

extension StatsReceiver {
    /// Simulates a restart of the receiving process. Sessions, holes and counts are forgotten. It no longer assumes that a
    /// session starts at number 1, because the new process cannot know what was sent before it listened
    /// (``ReceiverConfiguration/listensFromStart``).
    ///
    /// Holes whose time is up are given up first. Loss reports that were not polled yet remain.
    package mutating func restart(at time: Instant) {
        handleTimeout(at: time)
        forget()
    }
}
