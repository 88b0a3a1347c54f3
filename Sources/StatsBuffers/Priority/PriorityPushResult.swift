public import StatsModel

/// The result of pushing an event into a ``PriorityBuffer``.
public enum PriorityPushResult: Equatable, Sendable {
    /// The event waits.
    case buffered
    /// The event waits, and this other event was evicted. The caller counts it as ``LossCause/evictedForPriority`` and gives back
    /// its text.
    case bufferedEvicting(StatEvent, EventPriority)
    /// There is no room, and every waiting event is at least as important.
    case refused(LossCause)
}
