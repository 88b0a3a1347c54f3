public import StatsModel

/// The result of offering an event to a buffer or to the client.
public enum PushResult: Equatable, Sendable {
    /// The event waits to be sent.
    case buffered
    /// Refused. The client's own ledger already counts the cause.
    case refused(LossCause)
}
