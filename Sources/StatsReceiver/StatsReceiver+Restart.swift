package import StatsModel

extension StatsReceiver {
    /// The receiving process is another one from now on: sessions, holes and counts are forgotten, and no session begins
    /// at 1 for it any more, since it cannot know what was sent before it listened (``ReceiverConfiguration/listensFromStart``).
    ///
    /// What is due by now is given up first; reports not yet polled can still be.
    package mutating func restart(at time: Instant) {
        handleTimeout(at: time)
        forget()
    }
}
