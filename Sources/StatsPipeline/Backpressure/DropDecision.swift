package import StatsModel

/// What is to be done with one event offered to a buffer. Whoever asked does it; a buffer that answers "full" all the
/// same, because others pushed meanwhile, refuses the event as ``LossCause/bufferFull``.
package enum DropDecision: Equatable, Sendable {
    /// Buffer it as it is.
    case push
    /// Buffer it with this sample rate: it survived a draw and stands for those that did not.
    case pushSampled(rate: Double)
    /// Buffer it; the oldest makes room (``ChannelProducer/push(_:evicting:)``), lost as ``LossCause/evictedOldest``.
    case pushEvictingOldest
    /// Buffer it; one that matters less makes room (``PriorityBuffer/push(_:priority:)``), lost as
    /// ``LossCause/evictedForPriority``.
    case pushEvictingLower
    /// Do not buffer it.
    case refuse(LossCause)
}
