public import StatsModel

/// What became of one event offered to a ``PriorityBuffer``.
public enum PriorityPushResult: Equatable, Sendable {
    case buffered
    /// It waits, and this one no longer does: the caller counts it as ``LossCause/evictedForPriority`` and gives back
    /// its text.
    case bufferedEvicting(StatEvent, EventPriority)
    /// There is no room, and nothing that waits matters less.
    case refused(LossCause)
}
