package import StatsModel

/// The action for one event that is offered to a buffer. If other threads fill the buffer in the meantime, it refuses the event
/// as ``LossCause/bufferFull``.
package enum DropDecision: Equatable, Sendable {
    /// Buffer the event unchanged.
    case push
    /// Buffer the event with this sample rate. It represents the events that sampling left out.
    case pushSampled(rate: Double)
    /// Buffer the event. The oldest event makes room (``ChannelProducer/push(_:evicting:)``), and is lost as
    /// ``LossCause/evictedOldest``.
    case pushEvictingOldest
    /// Buffer the event. A less important event makes room (``PriorityBuffer/push(_:priority:arrival:)``), and is lost as
    /// ``LossCause/evictedForPriority``.
    case pushEvictingLower
    /// Do not buffer the event.
    case refuse(LossCause)
}
